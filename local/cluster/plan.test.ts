import { X509Certificate } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveInstance } from "../instance.ts";
import { ensureCertificates } from "./certificates.ts";
import { kubeconfigFor } from "./kubeconfig.ts";
import { type ClusterLayout, clusterLayout } from "./layout.ts";
import { type ClusterTools, clusterPlan } from "./plan.ts";

const tools: ClusterTools = {
  "kube-apiserver": "/tools/kube-apiserver",
  "kube-controller-manager": "/tools/kube-controller-manager",
  "kube-scheduler": "/tools/kube-scheduler",
  kubelet: "/tools/kubelet",
  "kube-proxy": "/tools/kube-proxy",
  kubectl: "/tools/kubectl",
  pause: "/tools/pause",
};
const options = { pauseImage: "localhost/pause:1", encryptionConfig: "/state/encryption.json" };

let folder: string;
let layout: ClusterLayout;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cluster-"));
  layout = clusterLayout(resolveInstance("default", { XDG_STATE_HOME: folder }));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("clusterPlan", () => {
  it("stays the same for the same inputs and changes with any of them", () => {
    const plan = clusterPlan(layout, tools, options);
    expect(clusterPlan(layout, tools, options).fingerprint).toBe(plan.fingerprint);
    const others = [
      clusterPlan(layout, { ...tools, kubelet: "/tools/another" }, options),
      clusterPlan(layout, { ...tools, pause: "/tools/another" }, options),
      clusterPlan(layout, tools, { ...options, pauseImage: "localhost/pause:2" }),
    ];
    for (const other of others) expect(other.fingerprint).not.toBe(plan.fingerprint);
  });

  it("lets nobody in without a certificate or a token", () => {
    const { base, files } = clusterPlan(layout, tools, options);
    const apiServer = base.find(({ name }) => name === "kube-apiserver");
    expect(apiServer?.args).toContain("--anonymous-auth=false");
    expect(apiServer?.args).toContain("--authorization-mode=Node,RBAC");
    const kubelet = JSON.parse(files[join(layout.config, "kubelet.yaml")] as string);
    expect(kubelet.authentication.anonymous.enabled).toBe(false);
    expect(kubelet.readOnlyPort).toBe(0);
  });

  it("has no secret in a process's arguments", () => {
    const { base, clients } = clusterPlan(layout, tools, options);
    const values = [...base, ...clients].flatMap(({ args }) => args);
    for (const value of values) expect(value).not.toMatch(/PRIVATE KEY|password/i);
  });
});

describe("ensureCertificates", () => {
  it("makes certificates that their authority signed, once", async () => {
    await ensureCertificates(layout);
    const read = (file: string) => readFile(join(layout.pki, file), "utf8");
    const [authority, frontProxy] = [
      new X509Certificate(await read("ca.crt")),
      await read("front-proxy-ca.crt"),
    ];
    const server = new X509Certificate(await read("kube-apiserver.crt"));
    expect(server.verify(authority.publicKey)).toBe(true);
    expect(server.checkIP(layout.nodeAddress)).toBe(layout.nodeAddress);
    const proxy = new X509Certificate(await read("front-proxy-client.crt"));
    expect(proxy.verify(authority.publicKey)).toBe(false);
    expect(proxy.verify(new X509Certificate(frontProxy).publicKey)).toBe(true);

    await rm(join(layout.pki, "scheduler.key"));
    await ensureCertificates(layout);
    expect(new X509Certificate(await read("kube-apiserver.crt")).fingerprint256).toBe(server.fingerprint256);
    expect(new X509Certificate(await read("scheduler.crt")).verify(authority.publicKey)).toBe(true);
  });

  it("gives each identity a kubeconfig complete in itself", async () => {
    const config = JSON.parse(await kubeconfigFor(layout, "admin", "maia"));
    expect(config.clusters[0].cluster.server).toBe(`https://${layout.nodeAddress}:6443`);
    expect(Buffer.from(config.users[0].user["client-key-data"], "base64").toString()).toContain(
      "PRIVATE KEY",
    );
  });
});
