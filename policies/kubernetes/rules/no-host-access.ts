import { type Props, resourceRule } from "@mobile-ai-agent/policies-rule-kit";
import { containersOf, podOf, WORKLOADS } from "../pods.ts";

const NAMESPACES = ["hostNetwork", "hostPID", "hostIPC"];

export const noHostAccess = resourceRule({
  name: "no-host-access",
  description:
    "A pod in the node's namespaces or files sees its neighbours and can take the node over. Leave hostNetwork, " +
    "hostPID, hostIPC, hostPort and hostPath volumes out.",
  enforcementLevel: "mandatory",
  types: WORKLOADS,
  *check(props, type) {
    const pod = podOf(props, type);
    for (const key of NAMESPACES) {
      if (pod.value[key] === true)
        yield { wrong: `the pod shares the node's ${key}`, fix: [{ path: [...pod.path, key] }] };
    }
    for (const [index, volume] of ((pod.value.volumes ?? []) as Props[]).entries()) {
      if (!volume.hostPath) continue;
      const path = [...pod.path, "volumes", index];
      yield {
        wrong: `volume ${JSON.stringify(volume.name)} is a folder of the node`,
        fix: [{ path, value: { name: volume.name, emptyDir: {} } }],
      };
    }
    for (const { value, path, title } of containersOf(props, type)) {
      for (const [index, port] of ((value.ports ?? []) as Props[]).entries()) {
        if (port.hostPort)
          yield {
            wrong: `${title} takes port ${port.hostPort} of the node`,
            fix: [{ path: [...path, "ports", index, "hostPort"] }],
          };
      }
    }
  },
});
