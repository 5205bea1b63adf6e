import { describe, expect, it } from "vitest";
import { coredns } from "./coredns.ts";
import { metricsServer } from "./metrics-server.ts";
import type { KubernetesObject } from "./objects.ts";
import { traefik } from "./traefik.ts";
import { vpaRecommender } from "./vpa.ts";

const tls = { certificate: "certificate", key: "key", authority: "authority" };
const addons = {
  coredns: coredns("image"),
  "metrics-server": metricsServer("image", tls),
  traefik: traefik("image"),
  "vpa-recommender": vpaRecommender("image"),
};

describe.each(Object.entries(addons))("%s", (_, objects: KubernetesObject[]) => {
  it("runs without privileges", () => {
    const deployments = objects.filter(({ kind }) => kind === "Deployment");
    expect(deployments).toHaveLength(1);
    const pod = (deployments[0] as never as { spec: { template: { spec: Record<string, never> } } }).spec
      .template.spec;
    expect(pod).toMatchObject({
      securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    });
    expect(pod).toMatchObject({
      containers: [
        {
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
        },
      ],
    });
  });

  it("may not change or read more than it needs", () => {
    const roles = objects.filter(({ kind }) => kind === "ClusterRole") as never as {
      rules: { verbs: string[] }[];
    }[];
    expect(roles.length).toBeGreaterThan(0);
    for (const verb of roles.flatMap(({ rules }) => rules.flatMap(({ verbs }) => verbs)))
      expect(verb).not.toBe("*");
  });
});
