import { isDeepStrictEqual } from "node:util";
import { type Props, resourceRule } from "@mobile-ai-agent/policies-rule-kit";
import { LONG_RUNNING, podOf } from "../pods.ts";

/** @see https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/ */
const PROBES: Readonly<Record<string, string>> = {
  startupProbe: "/startupz",
  readinessProbe: "/readyz",
  livenessProbe: "/livez",
};

export const splitProbes = resourceRule({
  name: "split-probes",
  description:
    "Startup, readiness and liveness are three questions. If readiness and liveness ask the same path, a slow " +
    "dependency restarts every pod at once. Give every container the three, over HTTP on different paths.",
  enforcementLevel: "mandatory",
  types: LONG_RUNNING,
  *check(props, type) {
    const pod = podOf(props, type);
    for (const [index, container] of ((pod.value.containers ?? []) as Props[]).entries()) {
      const path = [...pod.path, "containers", index];
      const title = `container ${JSON.stringify(container.name)}`;
      for (const [probe, endpoint] of Object.entries(PROBES)) {
        if (container[probe]) continue;
        const port = container.ports?.[0]?.containerPort ?? 8080;
        yield {
          wrong: `${title} has no ${probe}`,
          fix: [{ path: [...path, probe], value: { httpGet: { path: endpoint, port } } }],
        };
      }
      const { readinessProbe, livenessProbe } = container;
      if (readinessProbe?.httpGet && isDeepStrictEqual(readinessProbe.httpGet, livenessProbe?.httpGet)) {
        yield {
          wrong: `readiness and liveness of ${title} ask the same`,
          fix: [{ path: [...path, "livenessProbe", "httpGet", "path"], value: otherPath(readinessProbe) }],
        };
      }
    }
  },
});

const otherPath = ({ httpGet }: Props) => (httpGet.path === "/livez" ? "/alive" : "/livez");
