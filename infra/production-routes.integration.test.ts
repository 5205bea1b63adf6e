import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, request as httpRequest, type IncomingMessage, type Server } from "node:http";
import { request } from "node:https";
import type { AddressInfo } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { eventually, freePort } from "@mobile-ai-agent/test-support";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ApiServer, startApiServer } from "../local/pulumi/kubernetes-plugin/testing/api-server.ts";
import { collectDefinitions } from "../local/pulumi/preview-surroundings.ts";
import { createToolchain } from "../local/toolchain/index.ts";
import { createIngressCertificate } from "./secrets/ingress-certificate.ts";
import type { Resource } from "./testing/production.ts";
import { productionObjects } from "./testing/production-objects.ts";

type Json = Resource["inputs"];

const HOST = "agent.example.com";
const NAMESPACE = "mobile-ai-agent";
const FIRST = ["Namespace", "CustomResourceDefinition"];
/** What Traefik reads, and what lets it. */
const SERVED = ["GatewayClass", "Gateway", "HTTPRoute", "Service", "ServiceAccount"];
const ROLES = ["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"];

let server: ApiServer;
let folder: string;
let traefik: ChildProcess | undefined;
let log = "";
let authority: string;
const backends: Server[] = [];
const ports = { web: 0, websecure: 0 };

const apply = (object: Json) => {
  const { apiVersion, kind, metadata } = object;
  return server.client.apply({ apiVersion, kind, ...metadata }, object, "test");
};

/** Traefik as production runs it, with its own service account, on an API server that asks its roles. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "traefik-"));
  for (const name of ["web", "websecure"] as const) ports[name] = await freePort();
  server = await startApiServer("RBAC");
  const definitions = join(folder, "definitions");
  await collectDefinitions(definitions, createToolchain(), {
    signal: AbortSignal.timeout(60_000),
    report() {},
  });
  const objects = await productionObjects(definitions);
  for (const object of objects.filter(({ kind }) => FIRST.includes(kind))) await apply(object);
  for (const object of objects.filter(({ kind }) => [...SERVED, ...ROLES].includes(kind))) {
    if (object.kind === "Gateway") object.spec.listeners[0].port = ports.websecure;
    await eventually(() => apply(object));
  }
  await addCertificate();
  for (const service of ["api-gateway", "websocket-server", "web-app"]) await addPod(service);
  await startTraefik(objects);
}, 90_000);

afterAll(async () => {
  traefik?.kill();
  for (const backend of backends) backend.close();
  await server?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** What cert-manager would make. */
async function addCertificate(): Promise<void> {
  const values = await createIngressCertificate(HOST);
  authority = values["ca.crt"] as string;
  const metadata = { name: `ingress-tls-${HOST}`, namespace: NAMESPACE };
  await apply({ apiVersion: "v1", kind: "Secret", metadata, type: "kubernetes.io/tls", stringData: values });
}

/** A server in the place of a service's pods, on an address of this machine: an EndpointSlice takes no loopback one. */
async function addPod(service: string): Promise<void> {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const address = addresses.find(({ family, internal }) => family === "IPv4" && !internal)?.address;
  const backend = createServer((_request, response) => response.end(service)).listen(0, address);
  backends.push(backend);
  await once(backend, "listening");
  await apply({
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      ...{ name: service, namespace: NAMESPACE },
      labels: { "kubernetes.io/service-name": service },
    },
    addressType: "IPv4",
    endpoints: [{ addresses: [address], conditions: { ready: true } }],
    ports: [{ name: "http", port: (backend.address() as AddressInfo).port, protocol: "TCP" }],
  });
}

async function startTraefik(objects: Json[]): Promise<void> {
  const named = (kind: string) =>
    objects.find((object) => object.kind === kind && object.metadata.name === "traefik");
  const [container] = named("Deployment").spec.template.spec.containers;
  await writeFile(join(folder, "tls.yaml"), named("ConfigMap").data["tls.yaml"]);
  const { clusters } = JSON.parse(server.kubeconfig);
  const { server: endpoint, "certificate-authority-data": certificate } = clusters[0].cluster;
  await writeFile(join(folder, "ca.crt"), Buffer.from(certificate, "base64"));
  const token = (await server.client.request(
    "POST",
    "/api/v1/namespaces/ingress/serviceaccounts/traefik/token",
    {
      body: { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} },
      type: "application/json",
    },
  )) as { status: { token: string } };
  const args = container.args.map((argument: string) =>
    argument
      .replace("web.address=:8000", `web.address=127.0.0.1:${ports.web}`)
      .replace("websecure.address=:8443", `websecure.address=127.0.0.1:${ports.websecure}`)
      .replace("/etc/traefik", folder),
  );
  const provider = "--providers.kubernetesgateway";
  traefik = spawn(process.env.TRAEFIK_BINARY || "traefik", [
    ...args,
    `--entrypoints.traefik.address=127.0.0.1:${await freePort()}`,
    `${provider}.endpoint=${endpoint}`,
    `${provider}.certauthfilepath=${join(folder, "ca.crt")}`,
    `${provider}.token=${token.status.token}`,
  ]);
  for (const stream of [traefik.stdout, traefik.stderr]) stream?.on("data", (data) => (log += data));
  await eventually(async () => (await get("/api/openapi.json")).status === 200, { timeoutMs: 30_000 }).catch(
    () => {
      throw new Error(`Traefik does not serve the routes:\n${log.slice(-3000)}`);
    },
  );
}

interface Answer {
  readonly status: number | undefined;
  readonly body: string;
  readonly headers: IncomingMessage["headers"];
}

async function answerOf(sent: ReturnType<typeof request>): Promise<Answer> {
  sent.end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  let body = "";
  for await (const chunk of response) body += chunk;
  return { status: response.statusCode, body, headers: response.headers };
}

function get(path: string, options: { maxVersion?: "TLSv1.2" | "TLSv1.3"; servername?: string } = {}) {
  const { servername = HOST, ...tls } = options;
  return answerOf(
    request({
      ...{ host: "127.0.0.1", port: ports.websecure, path, servername, ca: authority, agent: false },
      ...{ headers: { host: HOST }, ...tls },
    }),
  );
}

describe("Traefik with production's objects, arguments and roles", () => {
  test("leads each route to its service, and all else to the app", async () => {
    expect((await get("/mcp")).body).toBe("api-gateway");
    expect((await get("/.well-known/oauth-protected-resource/x")).body).toBe("api-gateway");
    expect((await get("/ws/?EIO=4")).body).toBe("websocket-server");
    for (const path of ["/", "/chat/1", "/metrics"]) expect((await get(path)).body, path).toBe("web-app");
  });

  test("speaks TLS 1.3 and nothing older, for its host and no other", async () => {
    await expect(get("/api", { maxVersion: "TLSv1.2" })).rejects.toThrow(/protocol version|alert/);
    await expect(get("/api", { servername: "other.example.com" })).rejects.toThrow();
  });

  test("sends plain HTTP to the port that clients see", async () => {
    const { status, headers } = await answerOf(
      httpRequest({
        ...{ host: "127.0.0.1", port: ports.web, path: "/api/x?y=1", headers: { host: HOST }, agent: false },
      }),
    );
    expect([301, 308]).toContain(status);
    expect(headers.location).toMatch(/^https:\/\/agent\.example\.com(:443)?\/api\/x\?y=1$/);
  });

  test("is refused nothing that it asks of the API server", () => {
    expect(log).not.toMatch(/forbidden/i);
  });
});
