import type { PlatformKubectl } from "../platform-kubectl.ts";
import { readSecret, type StoredSecret } from "./stored-secret.ts";

export const CONTENT_SECRET = "content-keys";
/** Its two files of keys; they rotate together. */
const FILES = ["master-keys", "transit-keys"] as const;
const BEGUN_AT = "mobile-ai-agent/rotation-begun-at";

export interface ContentSecret {
  /** By name, as the pods have them. */
  readonly files: Readonly<Record<string, string>>;
  /** When the last rotation began. */
  readonly begunAt: Date | undefined;
  /** @throws CommandFailure when another change came between */
  change(how: (file: string) => string, begunAt?: Date): Promise<ContentSecret>;
}

/** @throws CommandFailure when the platform has none */
export async function readContentSecret(kubectl: PlatformKubectl): Promise<ContentSecret> {
  return describe(await readSecret(kubectl, CONTENT_SECRET));
}

function describe(secret: StoredSecret): ContentSecret {
  const files = Object.fromEntries(FILES.map((name) => [name, secret.values[name] ?? ""]));
  const begunAt = secret.annotations[BEGUN_AT];
  return {
    files,
    begunAt: begunAt === undefined ? undefined : new Date(begunAt),
    async change(how, begun) {
      const changed = Object.fromEntries(Object.entries(files).map(([name, file]) => [name, how(file)]));
      return describe(await secret.change(changed, begun && { [BEGUN_AT]: begun.toISOString() }));
    },
  };
}
