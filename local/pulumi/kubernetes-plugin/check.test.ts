import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type Json, textAt, UNKNOWN } from "../provider-kit/values.ts";
import { KubernetesProvider } from "./provider.ts";

const urn = (type: string): string => `urn:pulumi:stack::project::${type}::one`;

/** As in a preview before the cluster exists. */
async function withoutCluster(settings: Json = { kubeconfig: UNKNOWN }): Promise<KubernetesProvider> {
  const provider = new KubernetesProvider();
  await provider.configure(settings);
  return provider;
}

async function namespaceOf(provider: KubernetesProvider, apiVersion: string, kind: string, more: Json = {}) {
  const news = { apiVersion, kind, metadata: { name: "one" }, ...more };
  const checked = await provider.check({ urn: urn(`kubernetes:${apiVersion}:${kind}`), olds: {}, news });
  expect(checked.failures).toEqual([]);
  return textAt(checked.inputs, "metadata", "namespace");
}

test("a preview works without a cluster", async () => {
  const provider = await withoutCluster();
  expect(await namespaceOf(provider, "apps/v1", "Deployment")).toBe("default");
  expect(await namespaceOf(provider, "rbac.authorization.k8s.io/v1", "ClusterRole")).toBeUndefined();
  expect(await namespaceOf(provider, "v1", "Namespace")).toBeUndefined();
});

test("the provider's namespace is the default one", async () => {
  const provider = await withoutCluster({ kubeconfig: UNKNOWN, namespace: "space" });
  expect(await namespaceOf(provider, "v1", "Secret")).toBe("space");
});

test("the scope of a kind that the program defines itself is known", async () => {
  const provider = await withoutCluster();
  const spec = { group: "example.test", scope: "Cluster", names: { kind: "Planet" } };
  await namespaceOf(provider, "apiextensions.k8s.io/v1", "CustomResourceDefinition", { spec });
  expect(await namespaceOf(provider, "example.test/v1", "Planet")).toBeUndefined();
  expect(await namespaceOf(provider, "example.test/v1", "Moon")).toBe("default");
});

test("what is missing or can't be done is said", async () => {
  const provider = await withoutCluster();
  const { failures } = await provider.check({ urn: urn("kubernetes:core/v1:Secret"), olds: {}, news: {} });
  expect(failures.map((failure) => failure.property)).toEqual(["apiVersion", "kind"]);
  const news = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "one" } };
  const patch = await provider.check({ urn: urn("kubernetes:apps/v1:DeploymentPatch"), olds: {}, news });
  expect(patch.failures[0]?.reason).toContain("whole objects only");
  const release = await provider.check({ urn: urn("kubernetes:helm.sh/v3:Release"), olds: {}, news: {} });
  expect(release.failures[0]?.reason).toContain("plain objects only");
});

test("a kubeconfig that can't be used is named, and its contents are not shown", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kubeconfig-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await expect(withoutCluster({ kubeconfig: join(folder, "absent") })).rejects.toThrow("ENOENT");
  const file = join(folder, "config");
  await writeFile(file, "token: hunter2\n  bad: [");
  const failure = await withoutCluster({ kubeconfig: file }).catch(String);
  expect(failure).toContain("not a valid kubeconfig");
  expect(failure).not.toContain("hunter2");
  const empty = JSON.stringify({ apiVersion: "v1", kind: "Config", clusters: [], users: [], contexts: [] });
  await expect(withoutCluster({ kubeconfig: empty, context: "mine" })).rejects.toThrow('no context "mine"');
});
