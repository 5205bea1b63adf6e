import { createRequire } from "node:module";
import { beforeAll, describe, expect, test, vi } from "vitest";
import type { Outputs } from "./index.ts";
import { SERVICE_NAMES } from "./services.ts";
import { type Resource, runProduction } from "./testing/production.ts";

/** Definitions are read from a folder; what is in them is their own projects' matter. */
vi.mock("./definitions/read.ts", () => ({
  readDefinitions: async ({ name }: { name: string }) => [
    { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", metadata: { name }, spec: {} },
  ],
}));

let resources: Resource[];
let outputs: Outputs;

beforeAll(async () => {
  ({ outputs, resources } = await runProduction());
});

const ofKind = (kind: string) => resources.filter(({ type }) => type.endsWith(`:${kind}`));
const one = (type: string, name?: string): Resource["inputs"] => {
  const found = resources.filter((resource) => resource.type === type && (!name || resource.name === name));
  expect(found, `${type} ${name ?? ""}`).toHaveLength(1);
  return found[0]?.inputs;
};
const plain = (secret: { value: unknown } | unknown) => (secret as { value?: unknown })?.value ?? secret;

describe("the network", () => {
  test("has a public, a private and a data subnet in each of three zones, none of which overlap", () => {
    const subnets = ofKind("Subnet").map(({ inputs }) => inputs);
    expect(subnets).toHaveLength(9);
    expect(new Set(subnets.map(({ availabilityZone }) => availabilityZone)).size).toBe(3);
    const ranges = subnets.map(({ cidrBlock }) => {
      const [address = "", bits] = cidrBlock.split("/");
      const start = address.split(".").reduce((sum: number, part: string) => sum * 256 + Number(part), 0);
      return { start, end: start + 2 ** (32 - Number(bits)) };
    });
    for (const [index, range] of ranges.entries())
      for (const other of ranges.slice(index + 1))
        expect(range.end <= other.start || other.end <= range.start).toBe(true);
  });

  test("lets data subnets reach nothing outside of it", () => {
    const routed = ofKind("Route").map(({ inputs }) => inputs.routeTableId);
    expect(routed).not.toContain("network-data-id");
    expect(new Set(ofKind("Route").map(({ inputs }) => inputs.natGatewayId ?? "internet")).size).toBe(4);
  });

  test("has nodes and the load balancer in different subnets", () => {
    expect(one("aws:eks/nodeGroup:NodeGroup").subnetIds).toEqual(
      ["a", "b", "c"].map((zone) => `network-private-eu-central-1${zone}-id`),
    );
    expect(one("aws:lb/loadBalancer:LoadBalancer").subnets).toEqual(
      ["a", "b", "c"].map((zone) => `network-public-eu-central-1${zone}-id`),
    );
  });
});

describe("databases", () => {
  test("are where the network policies let pods go, and nowhere else", () => {
    const subnets = new Map(ofKind("Subnet").map(({ name, inputs }) => [`${name}-id`, inputs.cidrBlock]));
    const documents = one("aws:docdb/subnetGroup:SubnetGroup").subnetIds.map((id: string) => subnets.get(id));
    const cache = one("aws:elasticache/subnetGroup:SubnetGroup").subnetIds.map((id: string) =>
      subnets.get(id),
    );
    expect(documents).toHaveLength(3);
    expect(cache).toEqual(documents);
    const allowed = (service: string, port: number) =>
      ofKind("NetworkPolicy")
        .find(({ name }) => name === service)
        ?.inputs.spec.egress.filter((rule: Resource["inputs"]) => rule.ports[0].port === port)
        .flatMap(({ to }: Resource["inputs"]) => to.map((peer: Resource["inputs"]) => peer.ipBlock?.cidr));
    expect(allowed("auth-service", 27_017)).toEqual(documents);
    expect(allowed("backup", 27_017)).toEqual(documents);
    expect(allowed("websocket-server", 6379)).toEqual(cache);
    expect(allowed("api-gateway", 27_017)).toEqual([]);
  });

  test("are reached by the nodes' security group only", () => {
    for (const name of ["mongodb", "redis"]) {
      const rules = ofKind("SecurityGroupIngressRule").filter(
        ({ inputs }) => inputs.securityGroupId === `${name}-id`,
      );
      expect(
        rules.map(({ inputs }) => inputs.referencedSecurityGroupId),
        name,
      ).toEqual(["sg-nodes"]);
    }
  });

  test("are not pods, and their Secrets have the address with the password that AWS keeps", () => {
    expect(ofKind("StatefulSet").map(({ name }) => name)).toEqual(["prometheus"]);
    const password = (name: string) =>
      plain(one("aws:secretsmanager/secretVersion:SecretVersion", name).secretString);
    const secret = (name: string) =>
      plain(one("kubernetes:core/v1:Secret", name).stringData) as Record<string, string>;
    expect(secret("mongodb-credentials").uri).toBe(
      `mongodb://agent:${password("mongodb-password")}@documents.invalid:27017/agent` +
        "?tls=true&replicaSet=rs0&readPreference=primary&retryWrites=false",
    );
    expect(secret("mongodb-credentials")["ca.crt"]).toContain("BEGIN CERTIFICATE");
    expect(secret("redis-credentials").url).toBe(
      `rediss://agent:${password("redis-password")}@cache.invalid:6379`,
    );
    expect(plain(one("aws:docdb/cluster:Cluster").masterPassword)).toBe(password("mongodb-password"));
    expect(String(password("mongodb-password"))).toMatch(/^[0-9a-f]{64}$/);
  });

  test("stand three instances deep, and lose nothing when they are full", () => {
    expect(ofKind("ClusterInstance")).toHaveLength(3);
    expect(one("aws:elasticache/replicationGroup:ReplicationGroup")).toMatchObject({
      numCacheClusters: 3,
      automaticFailoverEnabled: true,
      multiAzEnabled: true,
      transitEncryptionMode: "required",
    });
    expect(one("aws:elasticache/parameterGroup:ParameterGroup").parameters).toContainEqual({
      name: "maxmemory-policy",
      value: "noeviction",
    });
  });
});

describe("the way in", () => {
  test("has the routes of the other stack, from the same table, for the Gateway API", () => {
    const { spec } = one("kubernetes:gateway.networking.k8s.io/v1:HTTPRoute");
    const routes = spec.rules.map((rule: Resource["inputs"]) => [
      rule.matches[0].path.value,
      rule.backendRefs[0].name,
    ]);
    expect(routes).toEqual([
      ["/api", "api-gateway"],
      ["/mcp", "api-gateway"],
      ["/.well-known/oauth-protected-resource", "api-gateway"],
      ["/.well-known/jwks.json", "api-gateway"],
      ["/ws", "websocket-server"],
      ["/", "web-app"],
    ]);
    expect(ofKind("Ingress")).toEqual([]);
  });

  test("leads from the load balancer over the nodes' ports to Traefik's, and lets sockets be silent for an hour", () => {
    const { spec } = one("kubernetes:core/v1:Service", "traefik");
    const targets = ofKind("TargetGroup").map(({ inputs }) => inputs.port);
    expect(spec.ports.map(({ nodePort }: Resource["inputs"]) => nodePort)).toEqual(targets);
    for (const { inputs } of ofKind("Listener")) expect(inputs.tcpIdleTimeoutSeconds).toBe(3600);
    const [container] = one("kubernetes:apps/v1:Deployment", "traefik").spec.template.spec.containers;
    expect(container.args).toContain(
      "--entrypoints.websecure.transport.respondingtimeouts.idletimeout=3600s",
    );
    expect(container.args).toContain("--entrypoints.web.http.redirections.entrypoint.scheme=https");
    const [listener] = one("kubernetes:gateway.networking.k8s.io/v1:Gateway").spec.listeners;
    expect(container.args).toContain(`--entrypoints.websecure.address=:${listener.port}`);
    expect(one("kubernetes:core/v1:ConfigMap", "traefik").data["tls.yaml"]).toContain("VersionTLS13");
  });

  test("has a certificate that everybody trusts already", () => {
    const [listener] = one("kubernetes:gateway.networking.k8s.io/v1:Gateway").spec.listeners;
    const certificate = one("kubernetes:cert-manager.io/v1:Certificate").spec;
    expect(listener.tls.certificateRefs[0].name).toBe(certificate.secretName);
    expect(certificate.dnsNames).toEqual([listener.hostname]);
    expect(outputs.caCertificate).toBeUndefined();
    expect(outputs.url).toBe("https://agent.example.com");
  });

  test("reads Secrets of the platform's namespace only", () => {
    const reads = (kind: string) =>
      ofKind(kind).filter(({ inputs }) =>
        inputs.rules?.some(({ resources: list }: Resource["inputs"]) => list.includes("secrets")),
      );
    expect(reads("ClusterRole")).toEqual([]);
    expect(reads("Role").map(({ inputs }) => inputs.metadata.namespace)).toEqual(["mobile-ai-agent"]);
  });
});

describe("pods", () => {
  test("get credentials of AWS by their service account alone: no bucket serves two services", () => {
    const associations = ofKind("PodIdentityAssociation").map(({ inputs }) => inputs);
    expect(associations.map(({ serviceAccount }) => serviceAccount).sort()).toEqual([
      "backup",
      "cert-manager",
      "media-processing",
    ]);
    const backups = JSON.parse(one("aws:iam/rolePolicy:RolePolicy", "bucket-backups").policy);
    const actions = backups.Statement.flatMap(({ Action }: Resource["inputs"]) => Action);
    expect(actions).not.toContain("s3:DeleteObject");
    for (const { Resource: on } of backups.Statement) expect(on).not.toBe("*");
  });

  test("of every service are spread over zones and nodes", () => {
    for (const name of SERVICE_NAMES) {
      const { topologySpreadConstraints: spread } = one("kubernetes:apps/v1:Deployment", name).spec.template
        .spec;
      expect(spread.map(({ topologyKey }: Resource["inputs"]) => topologyKey)).toEqual([
        "topology.kubernetes.io/zone",
        "kubernetes.io/hostname",
      ]);
    }
  });

  test("have network policies that are enforced", () => {
    const { configurationValues } = one("aws:eks/addon:Addon", "vpc-cni");
    expect(JSON.parse(configurationValues)).toMatchObject({ enableNetworkPolicy: "true" });
  });
});

test("the Kubernetes API answers inside of the network only", () => {
  expect(one("aws:eks/cluster:Cluster").vpcConfig).toMatchObject({
    endpointPrivateAccess: true,
    endpointPublicAccess: false,
  });
});

test("every image of the program has a repository", () => {
  const repositories = ofKind("Repository").map(({ inputs }) => inputs.name);
  const images = [...ofKind("Deployment"), ...ofKind("StatefulSet")].map(
    ({ inputs }) => inputs.spec.template.spec.containers[0].image,
  );
  for (const image of images) {
    const [, path] = /amazonaws\.com\/([^:@]+)/.exec(image) ?? [];
    expect(repositories, image).toContain(path);
  }
});

test("no secret is in an input in clear", () => {
  for (const { type, name, inputs } of resources) {
    const text = JSON.stringify(inputs, (_key, value) =>
      value?.value !== undefined && "4dabf18193072939515e22adb298388d" in value ? "[secret]" : value,
    );
    expect(text, `${type} ${name}`).not.toMatch(/PRIVATE KEY|rediss?:\/\/|mongodb:\/\//);
  }
});

test("the AWS modules are loaded, which a stack without AWS does not wait for", () => {
  const loaded = Object.keys(createRequire(import.meta.url).cache);
  expect(loaded.some((file) => file.includes("/@pulumi/aws/"))).toBe(true);
});
