import type { PlatformKubectl } from "../platform-kubectl.ts";
import { CommandFailure } from "../ui/failure.ts";

export const CONTENT_SECRET = "content-keys";
/** Its two files of keys; they rotate together. */
const FILES = ["master-keys", "transit-keys"] as const;
const BEGUN_AT = "mobile-ai-agent/rotation-begun-at";

interface StoredSecret {
  readonly metadata: { readonly annotations?: Record<string, string> };
  readonly data: Record<string, string>;
}

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
  const text = await kubectl(["get", "secret", CONTENT_SECRET, "-o", "json"]).catch((cause) => {
    throw new CommandFailure("the platform has no keys of contents yet: `npm run up` makes them", {
      exitCode: 3,
      cause,
    });
  });
  return describe(kubectl, JSON.parse(text) as StoredSecret);
}

function describe(kubectl: PlatformKubectl, secret: StoredSecret): ContentSecret {
  const files = Object.fromEntries(
    FILES.map((name) => [name, Buffer.from(secret.data[name] ?? "", "base64").toString("utf8")]),
  );
  const begunAt = secret.metadata.annotations?.[BEGUN_AT];
  return {
    files,
    begunAt: begunAt === undefined ? undefined : new Date(begunAt),
    async change(how, begun) {
      const changed = Object.entries(files).map(([name, file]) => [
        name,
        Buffer.from(how(file)).toString("base64"),
      ]);
      const annotations = {
        ...secret.metadata.annotations,
        ...(begun && { [BEGUN_AT]: begun.toISOString() }),
      };
      const object = {
        ...secret,
        metadata: { ...secret.metadata, annotations },
        data: { ...secret.data, ...Object.fromEntries(changed) },
      };
      // With the version that was read: a change that came between is not overwritten.
      const stored = await kubectl(["replace", "-o", "json", "-f", "-"], {
        input: JSON.stringify(object),
      }).catch((cause) => {
        throw new CommandFailure("the keys were not changed; run it again", { cause });
      });
      return describe(kubectl, JSON.parse(stored) as StoredSecret);
    },
  };
}
