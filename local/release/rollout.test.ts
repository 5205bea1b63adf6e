import { expect, it } from "vitest";
import type { KubernetesObject } from "../readiness.ts";
import { rolloutFaults } from "./rollout.ts";

const digest = `sha256:${"0a".repeat(32)}`;
const reference = `ghcr.io/you/agent/gateway@${digest}`;
const images = { gateway: { reference, tag: "1", digest } };

const template = (image = reference) => ({ spec: { containers: [{ image }] } });
const deployment = (status: KubernetesObject["status"] = {}, image = reference): KubernetesObject => ({
  kind: "Deployment",
  metadata: { name: "gateway", generation: 2 },
  spec: { replicas: 3, template: template(image) },
  status: { observedGeneration: 2, replicas: 3, updatedReplicas: 3, readyReplicas: 3, ...status },
});
const backup = (image: string): KubernetesObject => ({
  kind: "CronJob",
  metadata: { name: "backup" },
  spec: { jobTemplate: { spec: { template: template(image) } } },
});

it("finds nothing missing in a rollout that is complete", () => {
  expect(rolloutFaults([deployment(), backup(reference)], images)).toEqual([]);
});

it.each<[string, KubernetesObject[], string]>([
  ["nothing", [], "there is no workload"],
  ["pods that aren't ready", [deployment({ readyReplicas: 2 })], "gateway has 2 of 3 pods ready"],
  [
    "a rollout that has not begun",
    [deployment({ observedGeneration: 1 })],
    "gateway has not begun its rollout",
  ],
  ["pods of the old version", [deployment({ updatedReplicas: 1 })], "gateway has updated 1 of 3 pods"],
  ["an old pod beside the new ones", [deployment({ replicas: 4 })], "gateway still runs 1 old pods"],
  [
    "an image by tag",
    [deployment({}, "ghcr.io/you/agent/gateway:1")],
    "gateway runs ghcr.io/you/agent/gateway:1",
  ],
  [
    "a job with another digest",
    [deployment(), backup(reference.replace("0a", "0b"))],
    "backup runs ghcr.io/you/agent/gateway@sha256:0b",
  ],
])("names %s", (_, objects, fault) => {
  expect(rolloutFaults(objects, images).join("\n")).toContain(fault);
});
