import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Platform } from "../platform.ts";
import { type ApiServer, startApiServer } from "../pulumi/kubernetes-plugin/testing/api-server.ts";
import { runBackupJob } from "./run-job.ts";

const NAMESPACE = "agent";
let server: ApiServer;
let folder: string;
let platform: Platform;

const kubectl = async (args: string[], input?: object): Promise<string> => {
  const { stdout } = await execa(platform.kubectl, ["-n", NAMESPACE, ...args], {
    env: { KUBECONFIG: platform.kubeconfig },
    ...(input && { input: JSON.stringify(input) }),
  });
  return stdout;
};

beforeAll(async () => {
  server = await startApiServer();
  folder = await mkdtemp(join(tmpdir(), "backup-job-"));
  await writeFile(join(folder, "kubeconfig"), server.kubeconfig, { mode: 0o600 });
  platform = {
    cluster: "context",
    kubeconfig: join(folder, "kubeconfig"),
    context: "test",
    kubectl: process.env.KUBECTL_BINARY || "kubectl",
    namespace: NAMESPACE,
  };
  await kubectl(["create", "-f", "-"], {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: NAMESPACE, labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
  });
});

afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

test("without a CronJob the failure says what to do", async () => {
  await expect(runBackupJob(platform, ["backup"], AbortSignal.timeout(20_000))).rejects.toThrow(/npm run up/);
});

test("the API server takes what the program makes, and an interrupted command removes its Job", async () => {
  for (const object of await renderBackupJob()) await kubectl(["create", "-f", "-"], object);
  const interrupt = new AbortController();
  const running = runBackupJob(platform, ["restore", "--swap"], interrupt.signal);
  running.catch(() => undefined);
  const jobs = async () => JSON.parse(await kubectl(["get", "jobs", "-o", "json"])).items;
  await expect.poll(jobs, { timeout: 20_000 }).toHaveLength(1);
  const [job] = await jobs();
  expect(job.metadata.name).toMatch(/^backup-restore-/);
  const { spec } = job.spec.template;
  expect(spec.containers[0].args).toEqual(["restore", "--swap"]);
  // What the Job's controller would do; refused if it did not satisfy Pod Security restricted.
  await kubectl(["create", "-f", "-"], { apiVersion: "v1", kind: "Pod", metadata: { name: "pod" }, spec });

  interrupt.abort(new Error("stopped"));
  await expect(running).rejects.toThrow();
  await expect
    .poll(async () => (await jobs()).filter(({ metadata }: never) => !Object(metadata).deletionTimestamp))
    .toEqual([]);
});

/** @returns the objects that the Pulumi program makes for backups. */
async function renderBackupJob(): Promise<object[]> {
  const objects: object[] = [];
  pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => {
      if (type.startsWith("kubernetes:")) objects.push(inputs);
      return { id: `${name}-id`, state: inputs };
    },
    call: ({ inputs }) => inputs,
  });
  const { BackupJob, encryptionKeyLink } = await import("../../infra/components/backup-job.ts");
  new BackupJob("backup", {
    namespace: NAMESPACE,
    image: "localhost/backup:1",
    links: [encryptionKeyLink("encryption-key")],
    retentionDays: 7,
  });
  await pulumi.runtime.disconnect();
  return objects;
}
