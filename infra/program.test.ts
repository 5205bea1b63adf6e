import { X509Certificate } from "node:crypto";
import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, test } from "vitest";
import { SERVICE_NAMES } from "./services.ts";

interface Resource {
  readonly type: string;
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: the inputs of any Kubernetes object
  readonly inputs: any;
}

/** How the engine's protocol marks a secret: https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/sig.go */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

const GENERATED = ["PRIVATE KEY", "redis://"];
const resources: Resource[] = [];
let outputs: Awaited<ReturnType<typeof import("./index.ts").default>>;

beforeAll(async () => {
  pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        resources.push({ type, name, inputs });
        return { id: `${name}-id`, state: inputs };
      },
      call: ({ inputs }) => inputs,
    },
    "mobile-ai-agent",
    "local",
    false,
  );
  const { default: program } = await import("./index.ts");
  outputs = await program();
  await pulumi.runtime.disconnect();
});

const ofKind = (kind: string) => resources.filter(({ type }) => type.endsWith(`:${kind}`));
const names = (kind: string) => ofKind(kind).map(({ name }) => name);
const dataOf = ({ inputs }: Resource): Record<string, string> => inputs.data.value;
const workloads = () => [...ofKind("Deployment"), ...ofKind("StatefulSet")];

function promiseOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => {
    output.apply(resolve);
  });
}

describe("every workload", () => {
  test("is one of the services, databases or the monitoring", () => {
    expect(names("Deployment").sort()).toEqual([...SERVICE_NAMES].sort());
    expect(names("StatefulSet").sort()).toEqual(["mongodb", "prometheus", "redis"]);
  });

  test("satisfies Pod Security restricted, with a read-only root", () => {
    for (const { name, inputs } of workloads()) {
      const pod = inputs.spec.template.spec;
      expect(pod.securityContext, name).toMatchObject({
        runAsNonRoot: true,
        runAsUser: 1000,
        runAsGroup: 1000,
        seccompProfile: { type: "RuntimeDefault" },
      });
      expect(pod.automountServiceAccountToken, name).toBe(false);
      expect(pod.enableServiceLinks, name).toBe(false);
      expect(pod.hostNetwork ?? pod.hostPID ?? pod.hostIPC, name).toBeUndefined();
      for (const container of [...pod.containers, ...(pod.initContainers ?? [])]) {
        expect(container.securityContext, name).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        });
      }
      for (const volume of pod.volumes) {
        const [kind] = Object.keys(volume).filter((key) => key !== "name");
        // Of the services, only one keeps anything itself.
        if (name === "media-processing" && kind === "persistentVolumeClaim") continue;
        expect(kind, name).toMatch(/^(emptyDir|secret|configMap)$/);
      }
    }
  });

  test("has three probes, requests and limits", () => {
    for (const { name, inputs } of workloads()) {
      for (const container of inputs.spec.template.spec.containers) {
        expect(Object.keys(container), name).toEqual(
          expect.arrayContaining(["startupProbe", "readinessProbe", "livenessProbe"]),
        );
        expect(container.resources, name).toMatchObject({
          requests: { cpu: expect.any(String), memory: expect.any(String) },
          limits: { cpu: expect.any(String), memory: expect.any(String) },
        });
      }
    }
  });

  test("mounts only existing keys of existing Secrets, each at the path that its environment names", () => {
    const secrets = new Map(
      ofKind("Secret").map((secret) => [secret.inputs.metadata.name, Object.keys(dataOf(secret))]),
    );
    for (const { name, inputs } of workloads()) {
      const { volumes, containers } = inputs.spec.template.spec;
      const files: string[] = [];
      for (const { name: volume, secret } of volumes) {
        if (!secret) continue;
        const { mountPath } = containers[0].volumeMounts.find(
          (mount: { name: string }) => mount.name === volume,
        );
        for (const { key, path } of secret.items) {
          expect(secrets.get(secret.secretName), `${name}: ${secret.secretName}`).toContain(key);
          files.push(`${mountPath}/${path}`);
        }
      }
      const named = containers[0].env
        .map(({ value }: { value: string }) => value)
        .filter((value: string) => value.startsWith("/run/secrets/"));
      expect(files, name).toEqual(expect.arrayContaining(named));
    }
  });
});

describe("every Deployment", () => {
  test("leaves the number of pods to the autoscaler", () => {
    for (const { name, inputs } of ofKind("Deployment"))
      expect(inputs.spec, name).not.toHaveProperty("replicas");
  });

  test("has an autoscaler, a recommender that doesn't fight it, a disruption budget, an address and an account", () => {
    const sorted = [...SERVICE_NAMES].sort();
    for (const kind of ["HorizontalPodAutoscaler", "VerticalPodAutoscaler", "PodDisruptionBudget"]) {
      expect(names(kind).sort(), kind).toEqual(sorted);
    }
    for (const { name, inputs } of ofKind("HorizontalPodAutoscaler")) {
      expect(inputs.spec.scaleTargetRef, name).toEqual({ apiVersion: "apps/v1", kind: "Deployment", name });
      expect(inputs.spec).toMatchObject({ minReplicas: 3, maxReplicas: 10 });
    }
    for (const { inputs } of ofKind("VerticalPodAutoscaler")) {
      expect(inputs.spec.updatePolicy.updateMode).toBe("Off");
    }
    for (const kind of ["Service", "ServiceAccount"])
      expect(names(kind), kind).toEqual(expect.arrayContaining(sorted));
  });

  test("keeps browsers with a pod only where a page and its scripts have to be of one build", () => {
    const sticky = ofKind("Service").filter(({ inputs }) =>
      Object.keys(inputs.metadata.annotations ?? {}).some((key) => key.includes("sticky")),
    );
    expect(sticky.map(({ name }) => name)).toEqual(["web-app"]);
  });

  test("drains within its grace period and never takes a pod away before its successor is ready", () => {
    for (const { name, inputs } of ofKind("Deployment")) {
      const { terminationGracePeriodSeconds: grace, containers } = inputs.spec.template.spec;
      const drainSeconds = 25;
      expect(grace, name).toBeGreaterThan(drainSeconds + containers[0].lifecycle.preStop.sleep.seconds);
      expect(inputs.spec.strategy.rollingUpdate).toEqual({ maxSurge: 1, maxUnavailable: 0 });
    }
  });

  test("is given the token signing key only if it is auth-service", () => {
    const holders = workloads().filter(({ inputs }) => JSON.stringify(inputs).includes("jwt-credentials"));
    expect(holders.map(({ name }) => name)).toEqual(["auth-service"]);
  });

  test("is given the key of run tokens only if it makes or checks them", () => {
    const holders = workloads().filter(({ inputs }) => JSON.stringify(inputs).includes("run-token-key"));
    expect(holders.map(({ name }) => name).sort()).toEqual(["agent-orchestrator", "context-protocol-server"]);
  });

  test("is given the key of the audit log only if it records", () => {
    const holders = workloads().filter(({ inputs }) => JSON.stringify(inputs).includes("audit-key"));
    const names = ["agent-orchestrator", "auth-service", "media-processing"];
    expect(holders.map(({ name }) => name).sort()).toEqual(names);
  });

  test("is given the keys of contents only as far as it opens them, and auth-service and backups none", () => {
    const holders = (key: string) =>
      [...workloads(), ...ofKind("CronJob")]
        .filter(({ inputs }) => JSON.stringify(inputs).includes(`"${key}"`))
        .map(({ name }) => name)
        .sort();
    const readers = ["agent-orchestrator", "context-protocol-server", "media-processing"];
    expect(holders("master-keys")).toEqual(readers);
    expect(holders("transit-keys")).toEqual([
      "agent-orchestrator",
      "context-protocol-server",
      "websocket-server",
    ]);
  });
});

describe("media-processing", () => {
  test("keeps objects on the volume of a claim that the program makes, and has room to work in", () => {
    const claim = ofKind("PersistentVolumeClaim").find(({ name }) => name === "media");
    expect(claim?.inputs.spec).toMatchObject({ accessModes: ["ReadWriteOnce"] });
    const deployment = ofKind("Deployment").find(({ name }) => name === "media-processing");
    const { volumes, containers } = deployment?.inputs.spec.template.spec ?? {};
    const [{ env, volumeMounts }] = containers;
    expect(volumes).toContainEqual({ name: "tmp", emptyDir: { sizeLimit: "512Mi" } });
    expect(volumes).toContainEqual({
      name: "objects",
      persistentVolumeClaim: { claimName: claim?.inputs.metadata.name },
    });
    const { mountPath } = volumeMounts.find(({ name }: { name: string }) => name === "objects");
    expect(env).toContainEqual({ name: "OBJECT_STORE_URL", value: `file://${mountPath}` });
  });

  test("alone is given the key of addresses", () => {
    const holders = workloads().filter(({ inputs }) => JSON.stringify(inputs).includes('"media-urls"'));
    expect(holders.map(({ name }) => name)).toEqual(["media-processing"]);
  });
});

describe("secrets", () => {
  test("are values of Secrets and of nothing else", () => {
    const secrets = ofKind("Secret");
    expect(secrets.flatMap((secret) => Object.values(dataOf(secret))).length).toBeGreaterThan(10);
    for (const { name, inputs } of secrets) expect(inputs.data[SIGNATURE], name).toBe(SECRET);
    for (const { type, name, inputs } of resources.filter((resource) => !secrets.includes(resource))) {
      const text = JSON.stringify(inputs);
      for (const marker of GENERATED) expect(text, `${type} ${name}`).not.toContain(marker);
    }
  });

  test("keep their first values: a second run generates others, and the engine ignores them", async () => {
    const { createMongoCredentials } = await import("./data/ferret-db.ts");
    const [one, two] = [await createMongoCredentials("a"), await createMongoCredentials("a")];
    expect(one["client.pem"]).not.toBe(two["client.pem"]);
  });

  test("are not in the outputs, and the authority's certificate there signed the ingress certificate", async () => {
    const authorityOutput = outputs.caCertificate as pulumi.Output<string>;
    const caCertificate = await promiseOf(authorityOutput);
    expect(await pulumi.isSecret(authorityOutput)).toBe(false);
    expect(caCertificate).not.toContain("PRIVATE");
    const tls = ofKind("Secret").find(({ name }) => name === "ingress-tls-localhost");
    const leaf = new X509Certificate(Buffer.from((tls && dataOf(tls)["tls.crt"]) ?? "", "base64"));
    const authority = new X509Certificate(caCertificate);
    expect(leaf.verify(authority.publicKey)).toBe(true);
    expect(leaf.checkIssued(authority)).toBe(true);
    expect(leaf.checkHost("localhost")).toBe("localhost");
    expect(leaf.checkHost("example.com")).toBeUndefined();
    expect(authority.ca).toBe(true);
    expect(leaf.ca).toBe(false);
  });
});

test("the namespace enforces Pod Security restricted", () => {
  expect(ofKind("Namespace")[0]?.inputs.metadata.labels).toMatchObject({
    "pod-security.kubernetes.io/enforce": "restricted",
  });
});

test("the ingress leads to services that exist, over TLS", () => {
  const { spec } = ofKind("Ingress")[0]?.inputs ?? {};
  const routes = spec.rules[0].http.paths.map(
    (path: { path: string; backend: { service: { name: string } } }) => [
      path.path,
      path.backend.service.name,
    ],
  );
  expect(routes).toEqual([
    ["/api", "api-gateway"],
    ["/mcp", "api-gateway"],
    ["/.well-known/oauth-protected-resource", "api-gateway"],
    ["/.well-known/jwks.json", "api-gateway"],
    ["/ws", "websocket-server"],
    ["/", "web-app"],
  ]);
  expect(names("Secret")).toContain(spec.tls[0].secretName);
  expect(spec.tls[0].hosts).toEqual([spec.rules[0].host]);
});

describe("monitoring", () => {
  const files = () => {
    const { inputs } = ofKind("ConfigMap").find(({ name }) => name === "prometheus") as Resource;
    return {
      config: JSON.parse(inputs.data["prometheus.yml"]),
      alerts: JSON.parse(inputs.data["alerts.yml"]),
    };
  };

  test("asks every pod of every service on the port where its metrics are, ready or not", () => {
    const [{ dns_sd_configs: found }] = files().config.scrape_configs;
    const services = ofKind("Service").filter(({ name }) => found[0].names.includes(name));
    expect(services.map(({ inputs }) => inputs.spec.selector["app.kubernetes.io/name"]).sort()).toEqual(
      [...SERVICE_NAMES].sort(),
    );
    for (const { name, inputs } of services) {
      expect(inputs.spec, name).toMatchObject({ clusterIP: "None", publishNotReadyAddresses: true });
      const workload = ofKind("Deployment").find(
        (deployment) => deployment.name === inputs.spec.selector["app.kubernetes.io/name"],
      );
      const ports = workload?.inputs.spec.template.spec.containers[0].ports;
      expect(ports, name).toContainEqual({
        name: "management",
        containerPort: found[0].port,
        protocol: "TCP",
      });
    }
  });

  test("knows how far each autoscaler goes", () => {
    const full = files().alerts.groups.flatMap(({ rules }: { rules: { alert: string; expr: string }[] }) =>
      rules.filter(({ alert }) => alert === "AutoscalerAtMaximum"),
    );
    expect(full).toHaveLength(SERVICE_NAMES.length);
    for (const { expr } of full) expect(expr).toMatch(/>= 10$/);
  });

  test("is not reachable from outside", () => {
    expect(JSON.stringify(ofKind("Ingress"))).not.toContain("prometheus");
  });

  test("gives Grafana its dashboards", () => {
    const dashboards = ofKind("ConfigMap").find(({ name }) => name === "grafana-dashboards");
    for (const [file, text] of Object.entries<string>(dashboards?.inputs.data))
      expect(`${JSON.parse(text).uid}.json`).toBe(file);
    expect(Object.keys(dashboards?.inputs.data)).toHaveLength(3);
  });
});

test("no module of AWS is loaded: this stack does without", () => {
  const loaded = Object.keys(createRequire(import.meta.url).cache);
  expect(loaded.some((file) => file.includes("/@pulumi/kubernetes/"))).toBe(true);
  expect(loaded.filter((file) => file.includes("/@pulumi/aws/"))).toEqual([]);
});
