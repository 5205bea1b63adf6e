import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "@mobile-ai-agent/test-support";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ApiServer, startApiServer } from "../local/pulumi/kubernetes-plugin/testing/api-server.ts";
import { collectDefinitions } from "../local/pulumi/preview-surroundings.ts";
import { createToolchain } from "../local/toolchain/index.ts";
import { SERVICE_NAMES } from "./services.ts";
import type { Resource } from "./testing/production.ts";
import { productionObjects } from "./testing/production-objects.ts";

const FIRST = ["Namespace", "CustomResourceDefinition"];

let server: ApiServer;
let folder: string;
let objects: Resource["inputs"][];

beforeAll(async () => {
  server = await startApiServer();
  folder = await mkdtemp(join(tmpdir(), "definitions-"));
  await collectDefinitions(folder, createToolchain(), { signal: AbortSignal.timeout(60_000), report() {} });
  objects = await productionObjects(folder);
});
afterAll(async () => {
  await server?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

const apply = (object: Resource["inputs"]) => {
  const { apiVersion, kind, metadata } = object;
  return server.client.apply({ apiVersion, kind, ...metadata }, object, "test");
};

describe("a real API server", () => {
  test("takes every Kubernetes object of production", { timeout: 120_000 }, async () => {
    const early = objects.filter(({ kind }) => FIRST.includes(kind));
    expect(early.length).toBe(3 + 8);
    for (const object of early) await apply(object);
    const others = objects.filter(({ kind }) => !FIRST.includes(kind));
    expect(others.length).toBeGreaterThan(80);
    // A definition is served a moment after it is there.
    for (const object of others) await eventually(() => apply(object));
  });

  test("admits every pod of production to its namespace, which enforces Pod Security restricted", async () => {
    const workloads = objects.filter(({ kind }) => ["Deployment", "StatefulSet", "CronJob"].includes(kind));
    // Services, Prometheus, the backup, Traefik and the recommender.
    expect(workloads.length).toBe(SERVICE_NAMES.length + 4);
    for (const { kind, metadata, spec } of workloads) {
      const { template } = kind === "CronJob" ? spec.jobTemplate.spec : spec;
      const volumes = [
        ...template.spec.volumes,
        ...(spec.volumeClaimTemplates ?? []).map((claim: Resource["inputs"]) => ({
          name: claim.metadata.name,
          emptyDir: {},
        })),
      ];
      const pod = {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { ...template.metadata, name: `a-${metadata.name}`, namespace: metadata.namespace },
        spec: { ...template.spec, volumes },
      };
      await expect(apply(pod), metadata.name).resolves.toBeDefined();
      const [container] = pod.spec.containers;
      const privileged = {
        ...container,
        securityContext: { ...container.securityContext, privileged: true },
      };
      const unsafe = {
        ...pod,
        metadata: { ...pod.metadata, name: `b-${metadata.name}` },
        spec: { ...pod.spec, containers: [privileged] },
      };
      await expect(apply(unsafe), metadata.name).rejects.toThrow(/allowPrivilegeEscalation|privileged/);
    }
  });
});
