import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "@mobile-ai-agent/service-kit";
import { type KeySet, readKeySet } from "./key-set.ts";

const POLL_MS = 5000;

/**
 * The keys of a file that may change under way, as a mounted Secret does when keys are rotated. The file is read again
 * every few seconds: the kubelet swaps a link to its folder, of which watchers often hear nothing. What can't be read
 * changes nothing.
 *
 * @param initial the keys in force, until the file has others
 */
export function followKeys(options: {
  initial: KeySet;
  file: string | undefined;
  logger: Logger;
  onChange?: (keys: KeySet) => void;
  pollMs?: number;
}): { current(): KeySet; close(): void } {
  const { file, logger, onChange, pollMs = POLL_MS } = options;
  const closing = new AbortController();
  let current = options.initial;
  let faulty = false;

  async function readOnce(path: string): Promise<void> {
    const found = readKeySet(await readFile(path, "utf8").catch(() => ""));
    if (found === undefined) {
      if (!faulty) logger.error("the signing keys can't be read; the ones before stay in force", { path });
      faulty = true;
      return;
    }
    faulty = false;
    if (idsOf(found) === idsOf(current)) return;
    current = found;
    logger.info("signing keys changed", { signing: found.signing.kid, published: found.jwks.keys.length });
    onChange?.(found);
  }

  async function poll(path: string): Promise<void> {
    while (!closing.signal.aborted) {
      await delay(pollMs, undefined, { signal: closing.signal, ref: false });
      await readOnce(path);
    }
  }

  if (file !== undefined) poll(file).catch(() => {});
  return { current: () => current, close: () => closing.abort() };
}

function idsOf({ jwks }: KeySet): string {
  return jwks.keys.map(({ kid }) => kid).join();
}
