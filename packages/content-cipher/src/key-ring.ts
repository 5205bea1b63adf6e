import { hash } from "node:crypto";
import { followFile, type Logger } from "@mobile-ai-agent/service-kit";
import { KEY_BYTES } from "./aes-gcm.ts";

export interface NamedKey {
  /** Tells keys apart, and nothing about them. */
  readonly id: string;
  readonly key: Buffer;
}

/** The first one seals, all of them open. */
export type Keys = readonly [NamedKey, ...NamedKey[]];

/** Keys that may change under way. */
export interface KeyRing {
  sealing(): NamedKey;
  find(id: string): NamedKey | undefined;
  ids(): string[];
  /** Looks at once for keys that have just come. */
  refresh(): Promise<void>;
  close(): void;
}

/** @param text keys of 32 bytes as base64, one a line. @returns undefined when that is not what it has */
export function readKeys(text: string): Keys | undefined {
  const lines = text.trim().split(/\s+/);
  if (!lines.every((line) => /^[A-Za-z0-9+/]{43}=$/.test(line))) return undefined;
  const keys = lines.map((line) => Buffer.from(line, "base64")).filter(({ length }) => length === KEY_BYTES);
  return keys.map((key) => ({ id: idOf(key), key })) as unknown as Keys;
}

/**
 * @param options.file followed when given: `rotate` changes it, and no restart is needed
 * @param options.name of what the keys are for, in the log
 */
export function openKeyRing(options: {
  initial: Keys;
  file?: string | undefined;
  name: string;
  logger: Logger;
  pollMs?: number;
}): KeyRing {
  const { initial, file, name, logger, pollMs } = options;
  const followed = followFile<Keys>({
    ...{ initial, file, pollMs, parse: readKeys },
    same: (one, other) => idsOf(one).join() === idsOf(other).join(),
    onChange: (keys) => logger.info(`${name} changed`, { seals_with: keys[0].id, keys: keys.length }),
    onFault: (path) => logger.error(`${name} can't be read; the ones before stay in force`, { path }),
  });
  return {
    sealing: () => followed.current()[0],
    find: (id) => followed.current().find((key) => key.id === id),
    ids: () => idsOf(followed.current()),
    refresh: followed.refresh,
    close: followed.close,
  };
}

export function idsOf(keys: Keys): string[] {
  return keys.map(({ id }) => id);
}

function idOf(key: Buffer): string {
  return hash("sha256", Buffer.concat([Buffer.from("content-cipher key id"), key]), "base64url").slice(0, 12);
}
