import { beforeAll, expect, test, vi } from "vitest";
import { providerList } from "../apps/auth-service/src/oidc/provider-settings.ts";
import { ROUTES } from "./services.ts";
import { committedConfig, type Resource, runProduction } from "./testing/production.ts";

vi.mock("./definitions/read.ts", () => ({
  readDefinitions: async ({ name }: { name: string }) => [
    { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", metadata: { name }, spec: {} },
  ],
}));

/** The kinds that production does not use, on the same cluster. */
let resources: Resource[];
const PROVIDER = {
  id: "work",
  label: "Work",
  issuer: "https://sso.example.com:8443/realm",
  clientId: "agent",
};
const URI = "mongodb+srv://agent:hunter2@cluster0.example.net/agent";

beforeAll(async () => {
  const { "mobile-ai-agent:cluster": cluster } = await committedConfig();
  ({ resources } = await runProduction({
    cluster: JSON.stringify({
      ...(cluster as object),
      natGateways: "single",
      publicAccess: ["203.0.113.0/24"],
      adminRoles: ["arn:aws:iam::123456789012:role/admins"],
    }),
    documentDatabase: JSON.stringify({ kind: "mongodb", uri: URI, networks: ["192.0.2.0/24"], port: 27_018 }),
    cache: JSON.stringify({ kind: "redis" }),
    objectStore: JSON.stringify({ kind: "volume" }),
    certificate: JSON.stringify({ kind: "own" }),
    ingress: JSON.stringify({ kind: "ingress" }),
    verticalAutoscaler: JSON.stringify({ kind: "existing" }),
    oidcProviders: JSON.stringify([
      { ...PROVIDER, clientSecret: "hunter3", networks: ["198.51.100.0/24"] },
      { ...PROVIDER, id: "public", issuer: "https://accounts.example.com" },
    ]),
  }));
});

const ofKind = (kind: string) =>
  resources.filter(({ type }) => type.endsWith(`:${kind}`)).map(({ name, inputs }) => ({ name, ...inputs }));

test("a database elsewhere is a secret address, and ranges that pods may reach", () => {
  const secret = ofKind("Secret").find(({ name }) => name === "mongodb-credentials");
  expect(secret?.stringData.value).toEqual({ uri: URI });
  expect(resources.some(({ type }) => type.startsWith("aws:docdb/"))).toBe(false);
  const text = JSON.stringify(resources.filter(({ name }) => name !== "mongodb-credentials"));
  expect(text).not.toContain("hunter2");
  const policy = ofKind("NetworkPolicy").find(({ name }) => name === "auth-service");
  expect(policy?.spec.egress).toContainEqual({
    to: [{ ipBlock: { cidr: "192.0.2.0/24" } }],
    ports: [{ port: 27_018, protocol: "TCP" }],
  });
});

test("providers to sign in with are a secret file that auth-service takes, and the ways to them", () => {
  const secret = ofKind("Secret").find(({ name }) => name.startsWith("oidc-providers-"));
  const text = secret?.stringData.value["providers.json"];
  expect(providerList.parse(text)).toMatchObject([
    { id: "work", client_id: "agent", client_secret: "hunter3", scopes: ["openid", "email", "profile"] },
    { id: "public", issuer: "https://accounts.example.com" },
  ]);
  const others = resources.filter(({ name }) => !name.startsWith("oidc-providers-"));
  expect(JSON.stringify(others)).not.toContain("hunter3");
  const ways = (cidr: string, port: number) => ({
    to: [{ ipBlock: { cidr } }],
    ports: [{ port, protocol: "TCP" }],
  });
  const egress = (wanted: string) =>
    ofKind("NetworkPolicy").find(({ name }) => name === wanted)?.spec.egress ?? [];
  const wanted = [ways("198.51.100.0/24", 8443), ways("0.0.0.0/0", 443)];
  expect(egress("auth-service")).toEqual(expect.arrayContaining(wanted));
  for (const way of wanted) expect(egress("api-gateway")).not.toContainEqual(way);
  const container = ofKind("Deployment").find(({ name }) => name === "auth-service")?.spec.template.spec
    .containers[0];
  expect(container.env).toContainEqual({
    name: "OIDC_PROVIDERS_FILE",
    value: "/run/secrets/oidc/providers.json",
  });
});

test("Redis is a pod again, on the cluster's encrypted volumes", () => {
  const redis = ofKind("StatefulSet").find(({ name }) => name === "redis");
  expect(redis?.spec.volumeClaimTemplates[0].spec.storageClassName).toBe("encrypted");
});

test("the routes are an Ingress, which Traefik is told to serve, and nothing of the Gateway API is there", () => {
  const [ingress] = ofKind("Ingress");
  expect(ingress?.spec.rules[0].http.paths).toHaveLength(Object.keys(ROUTES).length);
  expect(ofKind("IngressClass").map(({ name }) => name)).toEqual([ingress?.spec.ingressClassName]);
  const traefik = ofKind("Deployment").find(({ name }) => name === "traefik");
  expect(traefik?.spec.template.spec.containers[0].args).toContain("--providers.kubernetesingress=true");
  for (const kind of ["Gateway", "HTTPRoute", "GatewayClass", "CustomResourceDefinition"])
    expect(ofKind(kind), kind).toEqual([]);
});

test("one NAT gateway serves three zones", () => {
  expect(ofKind("NatGateway")).toHaveLength(1);
  expect(ofKind("Route").filter(({ natGatewayId }) => natGatewayId)).toHaveLength(3);
});

test("the Kubernetes API answers the ranges and the roles that are named", () => {
  const [cluster] = resources.filter(({ type }) => type === "aws:eks/cluster:Cluster");
  expect(cluster?.inputs.vpcConfig).toMatchObject({
    endpointPublicAccess: true,
    publicAccessCidrs: ["203.0.113.0/24"],
  });
  expect(ofKind("AccessEntry").map(({ principalArn }) => principalArn)).toEqual([
    "arn:aws:iam::123456789012:role/admins",
  ]);
});
