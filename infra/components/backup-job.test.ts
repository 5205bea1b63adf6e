import * as pulumi from "@pulumi/pulumi";
import { beforeAll, expect, test } from "vitest";
import { readConfig } from "../config.ts";

// biome-ignore lint/suspicious/noExplicitAny: the inputs of any Kubernetes object
const made = new Map<string, any>();

beforeAll(async () => {
  pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        made.set(type.split(":").at(-1) as string, inputs);
        return { id: `${name}-id`, state: inputs };
      },
      call: ({ inputs }) => inputs,
    },
    "mobile-ai-agent",
    "local",
    false,
  );
  const { BackupJob, encryptionKeyLink } = await import("./backup-job.ts");
  new BackupJob("backup", {
    namespace: "agent",
    image: "registry.example/backup:1",
    links: [{ env: { MONGODB_URI_FILE: "/run/secrets/mongodb/uri" }, mounts: [] }, encryptionKeyLink("keys")],
    retentionDays: 9,
  });
  await pulumi.runtime.disconnect();
});

const cronJob = () => made.get("CronJob").spec;
const pod = () => cronJob().jobTemplate.spec.template.spec;

test("a backup runs every night at one UTC, never beside another, and a failure is not tried away", () => {
  expect(cronJob()).toMatchObject({
    schedule: "0 1 * * *",
    timeZone: "Etc/UTC",
    concurrencyPolicy: "Forbid",
    failedJobsHistoryLimit: 3,
    jobTemplate: { spec: { backoffLimit: 0, activeDeadlineSeconds: 3600 } },
  });
  expect(pod().restartPolicy).toBe("Never");
});

test("its pod satisfies Pod Security restricted, with a read-only root and limits", () => {
  expect(pod()).toMatchObject({
    automountServiceAccountToken: false,
    serviceAccountName: "backup",
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 1000,
      fsGroup: 1000,
      seccompProfile: { type: "RuntimeDefault" },
    },
  });
  expect(pod().containers).toHaveLength(1);
  expect(pod().containers[0]).toMatchObject({
    args: ["backup"],
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    resources: { limits: { memory: "512Mi" } },
  });
});

test("it keeps backups on a volume of its own, and mounts the key as a file that its environment names", () => {
  expect(made.get("PersistentVolumeClaim")).toMatchObject({
    metadata: { name: "backups", namespace: "agent" },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
  });
  const [{ env, volumeMounts }] = pod().containers;
  const value = (name: string) => env.find((entry: { name: string }) => entry.name === name)?.value;
  const mountOf = (name: string) =>
    volumeMounts.find((mount: { name: string }) => mount.name === name)?.mountPath;
  expect(pod().volumes).toContainEqual({ name: "backups", persistentVolumeClaim: { claimName: "backups" } });
  expect(mountOf("backups")).toBe(value("BACKUP_DIR"));
  expect(value("BACKUP_RETENTION_DAYS")).toBe("9");
  expect(value("ENCRYPTION_KEY_FILE")).toBe(`${mountOf("encryption")}/key`);
  expect(value("MONGODB_URI_FILE")).toBe("/run/secrets/mongodb/uri");
  const volume = pod().volumes.find(({ name }: { name: string }) => name === "encryption");
  expect(volume.secret).toMatchObject({ secretName: "keys", items: [{ key: "key", path: "key" }] });
});

test("a retention of no days is refused", () => {
  expect(readConfig({}).backupRetentionDays).toBe(7);
  expect(() => readConfig({ "mobile-ai-agent:backupRetentionDays": "0" })).toThrow(/backupRetentionDays/);
});
