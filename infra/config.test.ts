import { describe, expect, test } from "vitest";
import { imageOf, readConfig } from "./config.ts";

const project = (values: Record<string, string>) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [`mobile-ai-agent:${key}`, value]));

describe("readConfig", () => {
  test("gives every default, so that an empty stack works", () => {
    expect(readConfig({})).toMatchObject({
      namespace: "mobile-ai-agent",
      host: "localhost",
      httpsPort: 8443,
      cluster: { kind: "existing" },
      documentDatabase: { kind: "ferretdb" },
      ingress: { kind: "ingress", class: "traefik", namespace: "ingress" },
      imageTags: {},
    });
  });

  test("reads numbers and objects, and leaves other packages' keys alone", () => {
    const config = readConfig({
      ...project({ httpsPort: "9443", imageTags: '{"redis":"abc"}', imageTag: "12345" }),
      "kubernetes:namespace": "elsewhere",
    });
    expect(config.httpsPort).toBe(9443);
    expect(config.imageTag).toBe("12345");
    expect(imageOf(config, "redis")).toBe("localhost/mobile-ai-agent/redis:abc");
    expect(imageOf(config, "api-gateway")).toBe("localhost/mobile-ai-agent/api-gateway:12345");
  });

  test("names an image by its digest where there is one, else by its tag", () => {
    const digest = `sha256:${"0a".repeat(32)}`;
    const config = readConfig(
      project({
        imageTags: '{"redis":"abc","backup":"abc"}',
        imageDigests: JSON.stringify({ redis: digest }),
      }),
    );
    expect(imageOf(config, "redis")).toBe(`localhost/mobile-ai-agent/redis@${digest}`);
    expect(imageOf(config, "backup")).toBe("localhost/mobile-ai-agent/backup:abc");
  });

  test.each([
    [
      "a digest that is cut off",
      { imageDigests: '{"redis":"sha256:0a0a"}' },
      "mobile-ai-agent:imageDigests.redis",
    ],
    ["a digest of no image", { imageDigests: `{"rediss":"sha256:${"0a".repeat(32)}"}` }, "imageDigests"],
    ["an unknown key", { nameSpace: "x" }, "mobile-ai-agent:nameSpace"],
    ["a malformed number", { httpsPort: "84x3" }, "mobile-ai-agent:httpsPort"],
    ["a port out of range", { httpsPort: "70000" }, "mobile-ai-agent:httpsPort"],
    ["an upper-case namespace", { namespace: "Agent" }, "mobile-ai-agent:namespace"],
    ["text instead of an object", { imageTags: "dev" }, "mobile-ai-agent:imageTags"],
    ["an unknown service", { scaling: '{"gateway":{"min":1,"max":1}}' }, "mobile-ai-agent:scaling"],
    ["min above max", { scaling: '{"default":{"min":3,"max":1}}' }, "mobile-ai-agent:scaling.default"],
    [
      "a malformed quantity",
      {
        resources:
          '{"default":{"requests":{"cpu":"50 m","memory":"1Gi"},"limits":{"cpu":"1","memory":"1Gi"}}}',
      },
      "mobile-ai-agent:resources.default.requests.cpu",
    ],
  ])("names the key of %s", (_, values, key) => {
    expect(() => readConfig(project(values as Record<string, string>))).toThrow(key);
  });

  const aws = {
    accountId: "123456789012",
    region: "eu-central-1",
    zones: ["a", "b", "c"].map((z) => `eu-central-1${z}`),
  };
  const eks = {
    kind: "eks",
    version: "1.34",
    network: "10.40.0.0/16",
    nodes: { instanceTypes: ["m7i.xlarge"], min: 3, max: 6 },
  };
  const texts = (values: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [key, JSON.stringify(value)]));

  test("fills in a cluster on AWS: nobody reaches its API from outside", () => {
    const { cluster } = readConfig(project(texts({ cluster: eks, aws })));
    expect(cluster).toMatchObject({ publicAccess: [], natGateways: "per-zone" });
  });

  test.each<[string, Record<string, unknown>, string]>([
    ["AWS without an account", { cluster: eks }, "mobile-ai-agent:aws: is missing"],
    [
      "two zones",
      { cluster: eks, aws: { ...aws, zones: aws.zones.slice(1) } },
      "aws.zones: three availability zones",
    ],
    [
      "a zone twice",
      { cluster: eks, aws: { ...aws, zones: Array(3).fill("eu-central-1a") } },
      "three different zones",
    ],
    [
      "another region's zones",
      { cluster: eks, aws: { ...aws, region: "eu-west-1" } },
      "aws.zones: zones of the region",
    ],
    ["an account as a number", { cluster: eks, aws: { ...aws, accountId: 123456789012 } }, "aws.accountId"],
    [
      "an API for everybody",
      { cluster: { ...eks, publicAccess: ["0.0.0.0/0"] }, aws },
      "name your own ranges",
    ],
    ["a small network", { cluster: { ...eks, network: "10.40.0.0/24" }, aws }, "65,536 addresses"],
    [
      "one node",
      { cluster: { ...eks, nodes: { ...eks.nodes, min: 1 } }, aws },
      "cluster.nodes.min: at least 3",
    ],
    ["a kind that is none", { cluster: { kind: "gke" } }, "mobile-ai-agent:cluster.kind"],
    [
      "a key of another kind",
      { cluster: { kind: "existing", version: "1.34" } },
      "cluster.version: is not a key",
    ],
    [
      "DocumentDB in no network",
      { documentDatabase: { kind: "documentdb", instanceClass: "db.r6g.large" } },
      "documentdb needs cluster.kind eks",
    ],
    [
      "ElastiCache in no network",
      { cache: { kind: "elasticache", nodeType: "cache.r7g.large" } },
      "mobile-ai-agent:cache: elasticache needs",
    ],
    [
      "a database without a name",
      { documentDatabase: { kind: "mongodb", uri: "mongodb://a", networks: ["10.0.0.0/8"] } },
      "documentDatabase.uri",
    ],
    [
      "a database anywhere",
      { documentDatabase: { kind: "mongodb", uri: "mongodb://a/b", networks: [] } },
      "documentDatabase.networks: the address ranges",
    ],
    [
      "a provider without TLS",
      { oidcProviders: [{ id: "a", label: "A", issuer: "http://a.example", clientId: "c" }] },
      "oidcProviders.0.issuer: the https address",
    ],
    [
      "two providers of one id",
      { oidcProviders: Array(2).fill({ id: "a", label: "A", issuer: "https://a.example", clientId: "c" }) },
      "oidcProviders: each needs an id of its own",
    ],
    [
      "a malformed address",
      { certificate: { kind: "acme", email: "me", hostedZoneId: "Z1" }, cluster: eks, aws },
      "certificate.email: the address",
    ],
  ])("refuses %s", (_, values, says) => {
    expect(() => readConfig(project(texts(values)))).toThrow(says);
  });

  test("names all faults at once", () => {
    const read = () => readConfig(project({ httpsPort: "x", colour: "red" }));
    expect(read).toThrow("mobile-ai-agent:httpsPort");
    expect(read).toThrow("mobile-ai-agent:colour");
  });
});
