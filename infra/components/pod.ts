import type { core } from "@pulumi/kubernetes/types/input.js";
import type * as pulumi from "@pulumi/pulumi";

/** Every image runs as this user and group, which own the volumes too. */
const USER = 1000;

/** Pod Security "restricted": https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
export const POD_SECURITY: core.v1.PodSecurityContext = {
  runAsNonRoot: true,
  runAsUser: USER,
  runAsGroup: USER,
  fsGroup: USER,
  fsGroupChangePolicy: "OnRootMismatch",
  seccompProfile: { type: "RuntimeDefault" },
};

export const CONTAINER_SECURITY: core.v1.SecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

/** Some keys of a Secret as files: a pod sees only those that it names. */
export interface SecretMount {
  /** Name of the volume, unique in the pod. */
  readonly name: string;
  readonly secret: pulumi.Input<string>;
  readonly path: string;
  /** Key of the Secret → name of the file. */
  readonly files: Readonly<Record<string, string>>;
}

/** The volume of a claim as a folder that a pod writes to. */
export interface ClaimMount {
  /** Name of the volume, unique in the pod. */
  readonly name: string;
  readonly claim: pulumi.Input<string>;
  readonly path: string;
}

/** What a workload gets to reach something. */
export interface Link {
  readonly env: Readonly<Record<string, pulumi.Input<string>>>;
  readonly mounts: readonly SecretMount[];
  readonly claims?: readonly ClaimMount[];
  /** What has to be ready before the workload is made. */
  readonly after?: readonly pulumi.Resource[];
}

/**
 * For Services and Ingresses: the pods behind them are awaited themselves. Waiting for endpoints too would fill the
 * engine's few slots (four a core) with Services, and nothing would make the pods that they wait for.
 */
export const SKIP_AWAIT = { "pulumi.com/skipAwait": "true" };

const OWNER_AND_GROUP_READ = 0o440;

/** @returns the volumes of the mounts and where a container finds them, with a writable `/tmp` of so much room. */
export function volumesFor(
  mounts: readonly SecretMount[],
  { claims = [], scratch = "256Mi" }: { claims?: readonly ClaimMount[]; scratch?: string } = {},
): {
  volumes: core.v1.Volume[];
  volumeMounts: core.v1.VolumeMount[];
} {
  return {
    volumes: [
      { name: "tmp", emptyDir: { sizeLimit: scratch } },
      ...mounts.map(({ name, secret, files }) => ({
        name,
        secret: {
          secretName: secret,
          defaultMode: OWNER_AND_GROUP_READ,
          items: Object.entries(files).map(([key, path]) => ({ key, path })),
        },
      })),
      ...claims.map(({ name, claim }) => ({ name, persistentVolumeClaim: { claimName: claim } })),
    ],
    volumeMounts: [
      { name: "tmp", mountPath: "/tmp" },
      ...mounts.map(({ name, path }) => ({ name, mountPath: path, readOnly: true })),
      ...claims.map(({ name, path }) => ({ name, mountPath: path })),
    ],
  };
}

/** @returns environment variables in a stable order, so that an unchanged program changes nothing. */
export function envList(env: Readonly<Record<string, pulumi.Input<string>>>): core.v1.EnvVar[] {
  return Object.keys(env)
    .sort()
    .map((name) => ({ name, value: env[name] as pulumi.Input<string> }));
}

/** @returns the labels by which a workload's pods are found. */
export function labelsOf(name: string): {
  "app.kubernetes.io/name": string;
  "app.kubernetes.io/part-of": string;
} {
  return { "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "mobile-ai-agent" };
}
