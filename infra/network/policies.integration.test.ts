import { afterAll, beforeAll, expect, test } from "vitest";
import { type ApiServer, startApiServer } from "../../local/pulumi/kubernetes-plugin/testing/api-server.ts";
import { compareFlows } from "./compare-flows.ts";
import { platformFlows, platformPods } from "./flows.ts";
import { networkPolicies, type PolicySpec } from "./policies.ts";
import { podIn, SENSITIVE_PORTS, surroundings } from "./testing/surroundings.ts";

const PODS = platformPods();
const namespace = "default";
let server: ApiServer;

beforeAll(async () => {
  server = await startApiServer();
});
afterAll(async () => {
  await server?.stop();
});

test("the API server takes every policy, and what it keeps lets the same flows through", async () => {
  const flows = platformFlows({ ingressNamespace: "ingress" });
  const kind = { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy" };
  for (const { name, spec } of networkPolicies(PODS, flows)) {
    const object = { ...kind, metadata: { name, namespace }, spec };
    await server.client.apply({ ...kind, name, namespace }, object, "test");
  }
  const kept = (await server.client.list({ ...kind, namespace })) as unknown as { spec: PolicySpec }[];
  const options = {
    namespace,
    flows,
    ports: SENSITIVE_PORTS,
    endpoints: [
      ...PODS.map((name) => podIn(namespace, name, { "app.kubernetes.io/name": name })),
      ...surroundings(namespace, "ingress"),
    ],
  };
  expect(kept.length).toBe(PODS.length + 1);
  const policies = kept.map(({ spec }) => ({ namespace, spec }));
  expect(compareFlows({ ...options, policies })).toEqual({ lost: [], leaked: [] });
});

test("the namespace's own name is a label that nobody can change", async () => {
  const reference = { apiVersion: "v1", kind: "Namespace", name: "impostor" };
  const label = "kubernetes.io/metadata.name";
  const labelled = {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: "impostor", labels: { [label]: "ingress" } },
  };
  const made = await server.client.apply(reference, labelled, "test");
  expect(made).toMatchObject({ metadata: { labels: { [label]: "impostor" } } });
});
