import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HTTP_PORT, MANAGEMENT_PORT } from "../services.ts";
import { compareFlows } from "./compare-flows.ts";
import { type Flow, platformFlows, platformPods } from "./flows.ts";
import { networkPolicies, type Policy } from "./policies.ts";
import { podIn, SENSITIVE_PORTS, surroundings } from "./testing/surroundings.ts";

const PODS = platformPods();
const namespace = "platform";
const endpoints = [
  ...PODS.map((name) => podIn(namespace, name, { "app.kubernetes.io/name": name })),
  ...surroundings(namespace, "ingress"),
];
const flows = platformFlows({ ingressNamespace: "ingress" });
const policies = networkPolicies(PODS, flows);
const differences = (list: readonly Policy[], wanted = flows) =>
  compareFlows({
    namespace,
    endpoints,
    flows: wanted,
    ports: SENSITIVE_PORTS,
    policies: list.map(({ spec }) => ({ namespace, spec })),
  });
const NONE = { lost: [], leaked: [] };

test("a policy for each kind of pod and one for the rest, all of them both ways", () => {
  expect(policies.map(({ name }) => name)).toEqual(["default-deny", ...PODS]);
  for (const { name, spec } of policies) expect(spec.policyTypes, name).toEqual(["Ingress", "Egress"]);
});

test("the policies let exactly the flows through", () => {
  expect(differences(policies)).toEqual(NONE);
});

test("a database outside of the cluster is reached by those who use it, at its addresses and its port only", () => {
  const range = "10.40.200.0/24";
  const outside = { mongodb: { ranges: [range], port: 27_017 } };
  const pods = platformPods({ outside });
  expect(pods).not.toContain("mongodb");
  const wanted = platformFlows({ ingressNamespace: "ingress", outside });
  const machine = (name: string, ip: string) => ({ name, ip, labels: {} });
  const compared = {
    namespace,
    endpoints: [
      ...endpoints.filter(({ name }) => name !== "mongodb"),
      machine("database", "10.40.200.9"),
      machine("its-neighbour", "10.40.201.9"),
    ],
    flows: wanted,
    ports: [...SENSITIVE_PORTS, { port: 6379, protocol: "TCP" as const }],
  };
  const compare = (flowsOfPolicies: readonly Flow[]) =>
    compareFlows({
      ...compared,
      policies: networkPolicies(pods, flowsOfPolicies).map(({ spec }) => ({ namespace, spec })),
    });
  expect(compare(wanted)).toEqual(NONE);
  const wider = platformFlows({
    ingressNamespace: "ingress",
    outside: { mongodb: { ranges: [range, "10.40.201.0/24"], port: 27_017 } },
  });
  expect(compare(wider).leaked).toContain("auth-service → its-neighbour TCP 27017 (Egress)");
  expect(compare([]).lost).toContain("auth-service → database TCP 27017 (Egress)");
});

test("databases, the model and the web app open no connection at all; only Prometheus reaches metrics", () => {
  for (const name of ["mongodb", "redis", "llm-server", "web-app"])
    expect(policies.find((policy) => policy.name === name)?.spec.egress, name).toEqual([]);
  const readers = policies
    .flatMap(({ spec }) => spec.ingress ?? [])
    .filter(({ ports }) => ports?.some(({ port }) => port === MANAGEMENT_PORT))
    .flatMap(({ from }) => from ?? []);
  expect(readers.length).toBeGreaterThan(0);
  for (const reader of readers)
    expect(reader).toEqual({ podSelector: { matchLabels: { "app.kubernetes.io/name": "prometheus" } } });
});

describe("a dropped policy", () => {
  test.each(PODS)("of %s: its flows are lost, all of them, and nothing else", (dropped) => {
    const { lost, leaked } = differences(policies.filter(({ name }) => name !== dropped));
    const touched = flows.filter((flow) =>
      [flow.from, flow.to].some((party) => "name" in party && party.name === dropped),
    );
    const withoutEnds = (lines: string[]) => lines.map((line) => line.replace(/ \(.*/, "")).sort();
    const all = differences(policies.slice(0, 1), touched).lost;
    expect(leaked).toEqual([]);
    expect(all.length).toBeGreaterThan(0);
    expect(withoutEnds(lost)).toEqual(withoutEnds(all));
  });

  test("names the flow and the end that refuses it", () => {
    const { lost } = differences(policies.filter(({ name }) => name !== "auth-service"));
    expect(lost).toContain("api-gateway → auth-service TCP 8000 (Ingress)");
    expect(lost).toContain("auth-service → mongodb TCP 27017 (Egress)");
  });

  test("default-deny: pods that nobody thought of are open", () => {
    const { lost, leaked } = differences(policies.filter(({ name }) => name !== "default-deny"));
    expect(lost).toEqual([]);
    expect(leaked).toContain("internet → stray TCP 443 (Ingress)");
    expect(leaked).toContain("stray → cloud-metadata TCP 443 (Egress)");
    for (const line of leaked) expect(line).toMatch(/stray|inner-false-dns/);
  });
});

describe("an added policy", () => {
  const everyone = { podSelector: {} };
  test.each([
    [
      "allows all in",
      { ...everyone, policyTypes: ["Ingress"], ingress: [{}] },
      "internet → mongodb TCP 22 (Ingress)",
    ],
    [
      "allows all out",
      { ...everyone, policyTypes: ["Egress"], egress: [{}] },
      "redis → internet TCP 443 (Egress)",
    ],
    [
      "opens metrics to every namespace",
      {
        ...everyone,
        policyTypes: ["Ingress"],
        ingress: [{ from: [{ namespaceSelector: {} }], ports: [{ port: 9090 }] }],
      },
      "false-api-gateway → api-gateway TCP 9090 (Ingress)",
    ],
  ])("that %s is a leak", (_, spec, leak) => {
    const { lost, leaked } = differences([...policies, { name: "added", spec }]);
    expect(lost).toEqual([]);
    expect(leaked).toContain(leak);
  });
});

describe("every rule of every policy", () => {
  const rules = policies.flatMap(({ name, spec }) =>
    (["ingress", "egress"] as const).flatMap((way) =>
      (spec[way] ?? []).map((_, index) => ({ title: `${way} ${index} of ${name}`, name, way, index })),
    ),
  );
  // biome-ignore lint/suspicious/noExplicitAny: rules of both directions, changed at will
  const changed = ({ name, way, index }: (typeof rules)[number], change: (rule: any) => any[]) =>
    differences(
      policies.map((policy) => {
        if (policy.name !== name) return policy;
        const list = [...(policy.spec[way] ?? [])];
        list.splice(index, 1, ...change(list[index]));
        return { name, spec: { ...policy.spec, [way]: list } };
      }),
    );

  test.each(rules)("is needed: $title", (rule) => {
    expect(changed(rule, () => []).lost).not.toEqual([]);
  });
  test.each(rules)("is as narrow as can be: $title", (rule) => {
    const peers = rule.way === "ingress" ? "from" : "to";
    const without = (key: string) => changed(rule, ({ [key]: _, ...rest }) => [rest]).leaked;
    expect(without("ports")).not.toEqual([]);
    expect(without(peers)).not.toEqual([]);
    const anywhere = changed(rule, (all) => [
      { ...all, [peers]: all[peers].map((peer: object) => ({ ...peer, namespaceSelector: {} })) },
    ]);
    expect(anywhere.leaked).not.toEqual([]);
  });
});

test("whatever the flows are, the policies let exactly those through", () => {
  const place = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...PODS).map((name): Flow["from"] => ({ name })) },
    fc.constantFrom<Flow["from"]>(
      { namespace: "ingress" },
      { namespace: "elsewhere" },
      {
        namespace: "kube-system",
        labels: [{ "k8s-app": "kube-dns" }, { "app.kubernetes.io/name": "coredns" }],
      },
    ),
  );
  const port = fc.record({
    port: fc.constantFrom(53, HTTP_PORT, MANAGEMENT_PORT),
    protocol: fc.constantFrom("TCP" as const, "UDP" as const),
  });
  const flow = fc.record({ from: place, to: place, ports: fc.array(port, { minLength: 1, maxLength: 3 }) });
  const named = fc.array(
    flow.filter(({ from, to }) => "name" in from || "name" in to),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(named, (wanted) => {
      expect(differences(networkPolicies(PODS, wanted), wanted)).toEqual(NONE);
    }),
    { numRuns: 40 },
  );
});
