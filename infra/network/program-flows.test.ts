import { setTimeout as delay } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, expect, test } from "vitest";
import type { prometheusConfig } from "../monitoring/scrape.ts";
import { compareFlows } from "./compare-flows.ts";
import type { Flow, OtherPods, PlatformPodName } from "./flows.ts";
import type { PlacedPolicy } from "./reachability.ts";
import { podIn, SENSITIVE_PORTS, surroundings } from "./testing/surroundings.ts";

interface Resource {
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: the inputs of any Kubernetes object
  readonly inputs: any;
}

const namespace = "mobile-ai-agent";
const ingressNamespace = "front-door";
/** In the order in which they were there. */
const resources: Resource[] = [];
const isPolicy = (type: string) => type.endsWith(":NetworkPolicy");

beforeAll(async () => {
  const { promise: declared, resolve: allDeclared } = Promise.withResolvers<void>();
  pulumi.runtime.setMocks(
    {
      newResource: async ({ type, name, inputs }) => {
        if (isPolicy(type)) await declared;
        resources.push({ type, inputs });
        return { id: `${name}-id`, state: inputs };
      },
      call: ({ inputs }) => inputs,
    },
    "mobile-ai-agent",
    "local",
  );
  pulumi.runtime.setAllConfig({
    "mobile-ai-agent:ingress": JSON.stringify({ kind: "ingress", namespace: ingressNamespace }),
  });
  const { default: program } = await import("../index.ts");
  await program();
  // Time for whatever does not wait for the policies to come before them.
  await delay(200);
  allDeclared();
  await pulumi.runtime.disconnect();
});

const ofKind = (kind: string) =>
  resources.filter(({ type }) => type.endsWith(`:${kind}`)).map(({ inputs }) => inputs);
const workloads = () => [
  ...ofKind("Deployment"),
  ...ofKind("StatefulSet"),
  ...ofKind("CronJob").map(({ metadata, spec }) => ({ metadata, spec: spec.jobTemplate.spec })),
];
const policies = (): PlacedPolicy[] =>
  ofKind("NetworkPolicy").map(({ metadata, spec }) => ({ namespace: metadata.namespace, spec }));

/** The pods as the program really makes them. */
const endpoints = () => [
  ...workloads().map(({ metadata, spec: { template } }) => {
    const ports = (template.spec.containers[0].ports ?? []).map(
      (port: { name: string; containerPort: number }) => [port.name, port.containerPort],
    );
    return podIn(metadata.namespace, metadata.name, template.metadata.labels, Object.fromEntries(ports));
  }),
  ...surroundings(namespace, ingressNamespace),
];

/** The platform's own address: compared with what a token or a caller says, never called. */
const COMPARED = ["JWT_ISSUER", "MCP_URL"];

/** Every address in a workload's environment and in the files of Secrets that it mounts. */
function addressesOf({ spec: { template } }: Resource["inputs"]): URL[] {
  const secrets = new Map(ofKind("Secret").map(({ metadata, data }) => [metadata.name, data.value]));
  const { containers, volumes } = template.spec;
  const values: string[] = (containers[0].env ?? [])
    .filter(({ name }: { name: string }) => !COMPARED.includes(name))
    .map(({ value }: { value: string }) => value);
  for (const { secret } of volumes) {
    for (const { key } of secret?.items ?? [])
      values.push(Buffer.from(secrets.get(secret.secretName)[key], "base64").toString());
  }
  return values.filter((value) => /^\w+:\/\//.test(value)).map((value) => new URL(value));
}

/** What the workloads are told to call, and what the ingress leads to, read from the program's own objects. */
function realFlows(): Flow[] {
  const tcp = (port: number) => [{ port, protocol: "TCP" as const }];
  const calls: Flow[] = workloads().flatMap((workload) => {
    const name: PlatformPodName = workload.metadata.name;
    return addressesOf(workload)
      .filter(({ hostname }) => hostname !== name) // auth-service has the keys that JWKS_URL gives
      .map(({ hostname, port }) => ({
        from: { name },
        to: { name: hostname as PlatformPodName },
        ports: tcp(Number(port)),
      }));
  });
  const routes: Flow[] = ofKind("Ingress")[0].spec.rules[0].http.paths.map(
    // biome-ignore lint/suspicious/noExplicitAny: an object of Kubernetes
    ({ backend: { service } }: any) => ({
      from: { namespace: ingressNamespace },
      to: { name: service.name },
      ports: tcp(service.port.number),
    }),
  );
  const scrapes = scrapeFlows();
  const dns: OtherPods = {
    namespace: "kube-system",
    labels: [{ "k8s-app": "kube-dns" }, { "app.kubernetes.io/name": "coredns" }],
  };
  const lookups: Flow[] = [...calls, ...scrapes].map(({ from }) => ({
    from,
    to: dns,
    ports: [53, 1053].flatMap((port) => [...tcp(port), { port, protocol: "UDP" as const }]),
  }));
  return [...routes, ...calls, ...scrapes, ...lookups];
}

/** What Prometheus is told to read, by the Services behind the names in its configuration. */
function scrapeFlows(): Flow[] {
  const { data } = ofKind("ConfigMap").find((config) => config.data["prometheus.yml"]);
  const { scrape_configs: jobs } = JSON.parse(data["prometheus.yml"]) as ReturnType<typeof prometheusConfig>;
  return jobs.flatMap(({ dns_sd_configs: sources = [] }) =>
    sources.flatMap(({ names, port }) =>
      names.map((name) => ({
        from: { name: "prometheus" as const },
        to: {
          name: ofKind("Service").find(({ metadata }) => metadata.name === name).spec.selector[
            "app.kubernetes.io/name"
          ],
        },
        ports: [{ port, protocol: "TCP" as const }],
      })),
    ),
  );
}

test("the program's policies let through what its environment variables and routes need, and nothing else", () => {
  const flows = realFlows();
  expect(flows.length).toBeGreaterThan(20);
  const compared = { namespace, endpoints: endpoints(), flows, ports: SENSITIVE_PORTS };
  expect(compareFlows({ ...compared, policies: policies() })).toEqual({ lost: [], leaked: [] });
});

test("every address that a workload is given is a Service of the namespace, at its port and its pods' port", () => {
  const services = new Map(
    ofKind("Service").map((service) => [service.metadata.name, service.spec.ports[0]]),
  );
  for (const workload of workloads()) {
    for (const { hostname, port, href } of addressesOf(workload)) {
      const service = services.get(hostname);
      expect(service?.port, href).toBe(Number(port));
      const pod = workloads().find(({ metadata }) => metadata.name === hostname);
      const [first] = pod.spec.template.spec.containers[0].ports;
      expect([first.name, first.containerPort], href).toEqual([service.targetPort, Number(port)]);
    }
  }
});

test("every kind of pod has a policy of its own", () => {
  const names = ofKind("NetworkPolicy").map(({ metadata }) => metadata.name);
  expect(names.sort()).toEqual(["default-deny", ...workloads().map(({ metadata }) => metadata.name)].sort());
});

test("nothing is made in the namespace before all of its policies are there", () => {
  const others = resources.filter(({ type, inputs }) => !isPolicy(type) && inputs.metadata?.namespace);
  expect(others.length).toBeGreaterThan(20);
  expect(resources.findLastIndex(({ type }) => isPolicy(type))).toBeLessThan(
    Math.min(...others.map((other) => resources.indexOf(other))),
  );
});
