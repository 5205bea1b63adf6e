import { describe, expect, test } from "vitest";
import type { FlowPort } from "./flows.ts";
import type { PolicySpec } from "./policies.ts";
import { type Endpoint, type Labels, refusals } from "./reachability.ts";

let hosts = 0;
const pod = (namespace: string, labels: Labels, portNames = {}): Endpoint => ({
  name: Object.values(labels).join("-"),
  ip: `10.0.0.${++hosts}`,
  namespace: { name: namespace, labels: { "kubernetes.io/metadata.name": namespace } },
  labels,
  portNames,
});
const client = pod("home", { app: "client", tier: "front" });
const server = pod("home", { app: "server" }, { http: 8000 });
const foreigner = pod("abroad", { app: "client" });
const internet: Endpoint = { name: "internet", ip: "203.0.113.7", labels: {} };

const tcp = (port: number): FlowPort => ({ port, protocol: "TCP" });
const http = tcp(8000);
const inHome = (spec: PolicySpec) => ({ namespace: "home", spec });
const toServer = { matchLabels: { app: "server" } };
const ingress = (...rules: NonNullable<PolicySpec["ingress"]>) => [
  inHome({ podSelector: toServer, policyTypes: ["Ingress"], ingress: rules }),
];
const refuses = (policies: Parameters<typeof refusals>[0], from: Endpoint, to = server, port = http) =>
  refusals(policies, from, to, port);

describe("a policy selects", () => {
  test("nobody without policies: everything is open", () => {
    expect(refuses([], internet)).toEqual([]);
  });
  test("pods of its own namespace only", () => {
    const elsewhere = [{ namespace: "abroad", spec: { podSelector: {}, policyTypes: ["Ingress"] } }];
    expect(refuses(elsewhere, client)).toEqual([]);
    expect(refuses(elsewhere, client, foreigner)).toEqual(["Ingress"]);
  });
  test("all pods with an empty selector, in the directions of its types", () => {
    expect(refuses([inHome({ podSelector: {}, policyTypes: ["Ingress", "Egress"] })], client)).toEqual([
      "Egress",
      "Ingress",
    ]);
    expect(refuses([inHome({ podSelector: {}, policyTypes: ["Egress"] })], foreigner)).toEqual([]);
  });
  test.each<[string, PolicySpec, string[]]>([
    ["Ingress without types and egress rules", { podSelector: {} }, ["Ingress"]],
    ["Ingress with an empty egress section", { podSelector: {}, egress: [] }, ["Ingress"]],
    [
      "both with egress rules",
      { podSelector: {}, egress: [{ ports: [{ port: 1 }] }] },
      ["Egress", "Ingress"],
    ],
    ["Egress alone when it says so", { podSelector: {}, policyTypes: ["Egress"], ingress: [{}] }, ["Egress"]],
  ])("%s", (_, spec, refused) => {
    expect(refuses([inHome(spec)], client)).toEqual(refused);
  });
});

describe("a rule", () => {
  test("without peers and ports allows everyone everything", () => {
    expect(refuses(ingress({}), internet)).toEqual([]);
    expect(refuses(ingress({ from: [], ports: [] }), internet)).toEqual([]);
  });
  test("adds to those of other policies", () => {
    const policies = [inHome({ podSelector: {}, policyTypes: ["Ingress"] }), ...ingress({})];
    expect(refuses(policies, client)).toEqual([]);
  });
  test("needs peer and port in one: halves of two rules don't make one", () => {
    const policies = ingress(
      { from: [{ podSelector: { matchLabels: { app: "client" } } }], ports: [tcp(1)] },
      { from: [{ podSelector: { matchLabels: { app: "nobody" } } }], ports: [http] },
    );
    expect(refuses(policies, client)).toEqual(["Ingress"]);
  });

  const abroad = { matchLabels: { "kubernetes.io/metadata.name": "abroad" } };
  const clients = { matchLabels: { app: "client" } };
  test.each<[string, object, boolean, boolean]>([
    ["podSelector alone: its own namespace", { podSelector: clients }, true, false],
    ["namespaceSelector alone: all pods there", { namespaceSelector: abroad }, false, true],
    ["both: those pods there", { namespaceSelector: abroad, podSelector: clients }, false, true],
    ["both: not other pods there", { namespaceSelector: abroad, podSelector: toServer }, false, false],
    ["an empty namespaceSelector: every namespace", { namespaceSelector: {} }, true, true],
    ["ipBlock", { ipBlock: { cidr: "10.0.0.0/8", except: [`${foreigner.ip}/32`] } }, true, false],
  ])("peer with %s", (_, peer, fromClient, fromForeigner) => {
    expect(refuses(ingress({ from: [peer] }), client).length === 0).toBe(fromClient);
    expect(refuses(ingress({ from: [peer] }), foreigner).length === 0).toBe(fromForeigner);
    expect(refuses(ingress({ from: [peer] }), internet)).toEqual(["Ingress"]);
  });
  test("reaches machines outside by ipBlock", () => {
    expect(refuses(ingress({ from: [{ ipBlock: { cidr: "203.0.113.0/24" } }] }), internet)).toEqual([]);
    expect(refuses(ingress({ from: [{ ipBlock: { cidr: "2001:db8::/32" } }] }), internet)).toEqual([
      "Ingress",
    ]);
  });

  test.each<[string, object, number[], number[]]>([
    ["a number", { port: 8000 }, [8000], [7999, 8001]],
    ["a range, both ends in it", { port: 8000, endPort: 8002 }, [8000, 8001, 8002], [7999, 8003]],
    ["the name of a port of the destination", { port: "http" }, [8000], [8001]],
    ["a name that the destination lacks", { port: "grpc" }, [], [8000]],
    ["every port of a protocol", { protocol: "TCP" }, [1, 65535], []],
    ["another protocol", { protocol: "UDP", port: 8000 }, [], [8000]],
  ])("port with %s", (_, port, open, closed) => {
    for (const number of open)
      expect(refuses(ingress({ ports: [port] }), client, server, tcp(number))).toEqual([]);
    for (const number of closed)
      expect(refuses(ingress({ ports: [port] }), client, server, tcp(number))).toEqual(["Ingress"]);
  });
  test("of egress names ports of the destination too", () => {
    const egress = [{ to: [{ podSelector: toServer }], ports: [{ port: "http" }] }];
    const policies = [inHome({ podSelector: clientsOnly, policyTypes: ["Egress"], egress })];
    expect(refuses(policies, client)).toEqual([]);
    expect(refuses(policies, client, server, tcp(1))).toEqual(["Egress"]);
  });
});
const clientsOnly = { matchLabels: { app: "client" } };

test.each<[string, string[] | undefined, string, boolean]>([
  ["In", ["front", "back"], "tier", true],
  ["In", ["back"], "tier", false],
  ["In", ["back"], "absent", false],
  ["NotIn", ["back"], "tier", true],
  ["NotIn", ["front"], "tier", false],
  ["NotIn", ["back"], "absent", true],
  ["Exists", undefined, "tier", true],
  ["Exists", undefined, "absent", false],
  ["DoesNotExist", undefined, "tier", false],
  ["DoesNotExist", undefined, "absent", true],
])("operator %s %j on %s", (operator, values, key, selected) => {
  const podSelector = { matchExpressions: [{ key, operator, ...(values && { values }) }] };
  expect(refuses(ingress({ from: [{ podSelector }] }), client).length === 0).toBe(selected);
});
