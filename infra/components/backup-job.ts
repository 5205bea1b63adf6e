import { CronJob } from "@pulumi/kubernetes/batch/v1/cronJob.js";
import { PersistentVolumeClaim } from "@pulumi/kubernetes/core/v1/persistentVolumeClaim.js";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount.js";
import * as pulumi from "@pulumi/pulumi";
import {
  CONTAINER_SECURITY,
  envList,
  type Link,
  labelsOf,
  POD_SECURITY,
  SKIP_AWAIT,
  volumesFor,
} from "./pod.ts";

export interface BackupJobArgs {
  readonly namespace: pulumi.Input<string>;
  readonly image: string;
  /** The database and the encryption key. */
  readonly links: readonly Link[];
  readonly retentionDays: number;
  readonly storageClass?: pulumi.Input<string>;
}

const BACKUPS = "/backups";
/** `apps/backup` takes what is older than two hours for abandoned. */
const DEADLINE_SECONDS = 60 * 60;

/** A backup of the document database every night at one, UTC, on a volume of its own. */
export class BackupJob extends pulumi.ComponentResource {
  constructor(name: string, args: BackupJobArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("mobile-ai-agent:components:BackupJob", name, {}, opts);
    const parent = { parent: this };
    const labels = labelsOf(name);
    const metadata = { name, namespace: args.namespace, labels };

    const account = new ServiceAccount(name, { metadata, automountServiceAccountToken: false }, parent);
    const claim = new PersistentVolumeClaim(
      "backups",
      {
        // A class that binds at first use binds at the first backup.
        metadata: { ...metadata, name: "backups", annotations: SKIP_AWAIT },
        spec: {
          accessModes: ["ReadWriteOnce"],
          resources: { requests: { storage: "1Gi" } },
          ...(args.storageClass && { storageClassName: args.storageClass }),
        },
      },
      parent,
    );
    new CronJob(
      name,
      {
        metadata,
        spec: {
          schedule: "0 1 * * *",
          timeZone: "Etc/UTC",
          concurrencyPolicy: "Forbid",
          // A cluster that was off at one makes up for it when it is back.
          startingDeadlineSeconds: 12 * 60 * 60,
          successfulJobsHistoryLimit: 3,
          failedJobsHistoryLimit: 3,
          jobTemplate: {
            metadata: { labels },
            spec: {
              // A failure shows as a failed Job, instead of a second try that hides it.
              backoffLimit: 0,
              activeDeadlineSeconds: DEADLINE_SECONDS,
              template: {
                metadata: { labels },
                spec: podSpec(name, account.metadata.name, claim.metadata.name, args),
              },
            },
          },
        },
      },
      parent,
    );
    this.registerOutputs();
  }
}

/** @returns what the encryption key is to a pod: the one key of its Secret, as a file. */
export function encryptionKeyLink(secret: pulumi.Input<string>): Link {
  const path = "/run/secrets/encryption";
  return {
    env: { ENCRYPTION_KEY_FILE: `${path}/key` },
    mounts: [{ name: "encryption", secret, path, files: { key: "key" } }],
  };
}

function podSpec(
  name: string,
  serviceAccountName: pulumi.Input<string>,
  claimName: pulumi.Input<string>,
  args: BackupJobArgs,
) {
  const env = Object.assign({}, ...args.links.map((link) => link.env)) as Link["env"];
  const { volumes, volumeMounts } = volumesFor(args.links.flatMap((link) => link.mounts));
  return {
    serviceAccountName,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    restartPolicy: "Never",
    // Killed at any moment, it leaves nothing that counts as a backup.
    terminationGracePeriodSeconds: 5,
    securityContext: POD_SECURITY,
    containers: [
      {
        name,
        image: args.image,
        imagePullPolicy: "IfNotPresent",
        args: ["backup"],
        env: envList({
          ...env,
          BACKUP_DIR: BACKUPS,
          BACKUP_RETENTION_DAYS: String(args.retentionDays),
        }),
        resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { cpu: "1", memory: "512Mi" } },
        securityContext: CONTAINER_SECURITY,
        volumeMounts: [...volumeMounts, { name: "backups", mountPath: BACKUPS }],
      },
    ],
    volumes: [...volumes, { name: "backups", persistentVolumeClaim: { claimName } }],
  };
}
