import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAuthority } from "../../infra/secrets/certificates.ts";
import { type ApiServer, startApiServer } from "../pulumi/kubernetes-plugin/testing/api-server.ts";
import { REPOSITORY } from "../repository.ts";

const KUBECTL = process.env.KUBECTL_BINARY ?? "kubectl";
const DIGEST = `sha256:${"0a".repeat(32)}`;
const REFERENCE = `ghcr.io/you/agent/gateway@${DIGEST}`;

let folder: string;
let api: ApiServer;
/** Stands for the gateway, which refuses who has no token. */
let gateway: Server;

async function kubectl(args: readonly string[], input = ""): Promise<void> {
  await execa(KUBECTL, args, { input, env: { KUBECONFIG: join(folder, "kubeconfig") } });
}

function deployment(image: string): string {
  const labels = { app: "gateway" };
  return JSON.stringify({
    ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "gateway", namespace: "agent" } },
    spec: {
      ...{ replicas: 2, selector: { matchLabels: labels } },
      template: { metadata: { labels }, spec: { containers: [{ name: "gateway", image }] } },
    },
  });
}

/** What the controller, which isn't there, would say of `updated` new pods. */
async function report(generation: number, updated: number): Promise<void> {
  const status = { observedGeneration: generation, replicas: 2, updatedReplicas: updated, readyReplicas: 2 };
  const patch = ["--type=merge", "--patch", JSON.stringify({ status: { ...status, availableReplicas: 2 } })];
  await kubectl(["patch", "deployment", "gateway", "--namespace", "agent", "--subresource=status", ...patch]);
}

/** The command as a workflow runs it. */
function verifyRollout() {
  const tools = process.env.KUBECTL_BINARY ? `${dirname(process.env.KUBECTL_BINARY)}:` : "";
  const options = ["--outputs", "outputs.json", "--images", "images.json"];
  return execa(process.execPath, [join(REPOSITORY, "local/main.ts"), "verify-rollout", ...options], {
    env: { PATH: `${tools}${process.env.PATH}`, INIT_CWD: folder },
    reject: false,
    all: true,
  });
}

describe("npm run verify-rollout", { timeout: 60_000 }, () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "rollout-"));
    api = await startApiServer();
    await writeFile(join(folder, "kubeconfig"), api.kubeconfig);
    const authority = await createAuthority("test");
    const { certificate, privateKey } = await authority.issue({
      commonName: "localhost",
      usage: "server",
      dnsNames: ["localhost"],
    });
    gateway = createServer({ cert: certificate, key: privateKey }, (_, response) =>
      response.writeHead(401).end(),
    );
    await new Promise<void>((resolve) => gateway.listen(0, "localhost", resolve));
    const outputs = {
      ...{ namespace: "agent", url: `https://localhost:${(gateway.address() as AddressInfo).port}` },
      ...{ caCertificate: authority.certificate, kubeconfig: api.kubeconfig },
    };
    await writeFile(join(folder, "outputs.json"), JSON.stringify(outputs));
    const images = { gateway: { reference: REFERENCE, tag: "1", digest: DIGEST } };
    await writeFile(join(folder, "images.json"), JSON.stringify(images));
    await kubectl(["create", "namespace", "agent"]);
  }, 120_000);
  afterAll(async () => {
    gateway?.close();
    await api?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it("awaits the new pods, then the address", async () => {
    await kubectl(["apply", "--filename", "-"], deployment("ghcr.io/you/agent/gateway:old"));
    await report(1, 2);
    const verification = verifyRollout();
    const said: string[] = [];
    for await (const line of verification.iterable({ from: "all" })) {
      said.push(line);
      if (line.includes("not yet: gateway runs ghcr.io/you/agent/gateway:old")) {
        await kubectl(["apply", "--filename", "-"], deployment(REFERENCE));
        await report(2, 2);
      }
    }
    const { exitCode } = await verification;
    expect(exitCode, said.join("\n")).toBe(0);
    expect(said.join("\n")).toContain("1 workloads rolled out, https://localhost:");
    expect(said.join("\n")).toContain("not yet: gateway runs");
  });

  it("says what file it needs when it got another", async () => {
    await writeFile(join(folder, "outputs.json"), "{}");
    const { exitCode, all } = await verifyRollout();
    expect(exitCode).toBe(2);
    expect(all).toContain("outputs.json is not what `npm run deploy -- --output FILE` writes");
  });
});
