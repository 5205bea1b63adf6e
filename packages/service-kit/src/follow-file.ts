import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

const POLL_MS = 5000;

export interface FollowedFile<T> {
  current(): T;
  /** Looks at the file now. */
  refresh(): Promise<void>;
  close(): void;
}

/**
 * What a file says that may change under way, as a mounted Secret does. The file is read again every few seconds: the
 * kubelet swaps a link to its folder, of which watchers often hear nothing. What can't be read changes nothing.
 *
 * @param options.initial in force until the file says otherwise; without a file, for good
 * @param options.parse gives undefined for what is not usable
 * @param options.onFault called once, when the file is not usable any more
 */
export function followFile<T>(options: {
  initial: T;
  file: string | undefined;
  parse: (text: string) => T | undefined;
  same: (one: T, other: T) => boolean;
  onChange: (value: T) => void;
  onFault: (path: string) => void;
  pollMs?: number | undefined;
}): FollowedFile<T> {
  const { file, parse, same, onChange, onFault, pollMs = POLL_MS } = options;
  const closing = new AbortController();
  let current = options.initial;
  let faulty = false;

  async function refresh(): Promise<void> {
    if (file === undefined) return;
    const found = parse(await readFile(file, "utf8").catch(() => ""));
    if (found === undefined) {
      if (!faulty) onFault(file);
      faulty = true;
      return;
    }
    faulty = false;
    if (same(found, current)) return;
    current = found;
    onChange(found);
  }

  async function poll(): Promise<void> {
    while (!closing.signal.aborted) {
      await delay(pollMs, undefined, { signal: closing.signal, ref: false });
      await refresh();
    }
  }

  if (file !== undefined) poll().catch(() => {});
  return { current: () => current, refresh, close: () => closing.abort() };
}
