import { randomUUID } from "node:crypto";
import { mkdir, rename, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Secret and its keys that pods of the services mount, by the folder below `/run/secrets`. */
export const MOUNTS = {
  redis: { secret: "redis-credentials", keys: ["url"] },
  mongodb: { secret: "mongodb-credentials", keys: ["uri", "ca.crt", "client.pem"] },
  "content-keys": { secret: "content-keys", keys: ["master-keys"] },
  "transit-keys": { secret: "content-keys", keys: ["transit-keys"] },
  jwt: { secret: "jwt-credentials", keys: ["private.pem"] },
} as const;

/** Values by the Secret's name and the key. */
export type Secrets = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What a pod of this name mounts, as the API server has it. */
export function describePod(name: string): object {
  const mounts = Object.entries(MOUNTS);
  const volumes = mounts.map(([mount, { secret, keys }]) => ({
    name: mount,
    secret: { secretName: secret, items: keys.map((key) => ({ key, path: key })) },
  }));
  const volumeMounts = mounts.map(([mount]) => ({ name: mount, mountPath: `/run/secrets/${mount}` }));
  return {
    metadata: { name },
    status: { phase: "Running" },
    spec: { volumes, containers: [{ volumeMounts }] },
  };
}

/** Brings the Secrets to a pod's folder as the kubelet does: a link to a new folder takes the place of the old one. */
export async function mountSecrets(folder: string, secrets: Secrets): Promise<void> {
  for (const [name, { secret, keys }] of Object.entries(MOUNTS)) {
    const mount = join(folder, name);
    const version = `..${randomUUID()}`;
    await mkdir(join(mount, version), { recursive: true });
    for (const key of keys) await writeFile(join(mount, version, key), secrets[secret]?.[key] ?? "");
    await symlink(version, join(mount, "..new"));
    await rename(join(mount, "..new"), join(mount, "..data"));
    for (const key of keys) await symlink(`..data/${key}`, join(mount, key)).catch(() => {});
  }
}

/** What a service's environment says of them. */
export function mountedEnv(folder: string): Record<string, string> {
  return {
    REDIS_URL_FILE: join(folder, "redis/url"),
    MONGODB_URI_FILE: join(folder, "mongodb/uri"),
    MONGODB_TLS_CA_FILE: join(folder, "mongodb/ca.crt"),
    MONGODB_TLS_CERTIFICATE_KEY_FILE: join(folder, "mongodb/client.pem"),
    CONTENT_KEYS_FILE: join(folder, "content-keys/master-keys"),
    TRANSIT_KEYS_FILE: join(folder, "transit-keys/transit-keys"),
    JWT_PRIVATE_KEYS_FILE: join(folder, "jwt/private.pem"),
  };
}
