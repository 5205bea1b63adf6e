import type { Run, RunRecordStore } from "@mobile-ai-agent/conversation-store";
import type { Logger } from "@mobile-ai-agent/service-kit";
import { ModelFailure } from "../language-model.ts";
import type { Exchange, JournalItem, Op, Settings, SignalName, Told } from "./journal.ts";
import { firstHash, nextHash } from "./record-hash.ts";

/** While the model speaks: what was said since is what a killed process leaves out of the record. */
const FLUSH_MS = 1000;

/** Writes down one attempt at a run. */
export interface Recorder {
  /** Does the work and writes down what was asked and what came of it. */
  exchange<T>(op: Op, given: unknown, work: () => Promise<T>): Promise<T>;
  /** Writes down an exchange that is over. */
  done(op: Op, given: unknown, out?: unknown): void;
  failed(op: Op, given: unknown, error: unknown): void;
  /** What the model says. Stores what there is from time to time, in the background. */
  told(item: Told): void;
  /** @param failed what the attempt failed with, if it did */
  end(failed?: string): void;
  watch(name: SignalName, signal: AbortSignal): void;
  /** Whose the record is; without an owner nothing is stored. */
  belongsTo(run: Run): void;
  /** Stores what there is. @returns the place of the last part */
  flush(): Promise<{ part: number; hash: string }>;
}

export function createRecorder(options: {
  records: RunRecordStore;
  runId: string;
  settings: Settings;
  logger: Logger;
}): Recorder {
  const { records, runId, settings, logger } = options;
  let items: JournalItem[] = [{ op: "begin", at: new Date().toISOString(), settings }];
  let owner: Run | undefined;
  let place: { part: number; hash: string } | undefined;
  let flushedAt = performance.now();
  let writing: Promise<unknown> = Promise.resolve();
  const signals = new Map<SignalName, AbortSignal>();
  const fired = new Set<SignalName>();

  function newlyFired(): SignalName[] {
    const found = [...signals]
      .filter(([name, { aborted }]) => aborted && !fired.has(name))
      .map(([name]) => name);
    for (const name of found) fired.add(name);
    return found;
  }

  function note(exchange: Exchange): void {
    const names = newlyFired();
    items.push(names.length > 0 ? { ...exchange, fired: names } : exchange);
  }

  function failed(op: Op, given: unknown, error: unknown): void {
    const model = error instanceof ModelFailure;
    note({ op, in: given, failed: { model, message: String(Object(error).message ?? error) } });
  }

  async function write(): Promise<{ part: number; hash: string }> {
    place ??= (await records.last(runId)) ?? { part: 0, hash: firstHash(runId) };
    if (owner === undefined || items.length === 0) return place;
    const taken = items;
    items = [];
    try {
      const body = JSON.stringify(taken);
      const next = { part: place.part + 1, hash: nextHash(place.hash, body) };
      await records.append(owner, { ...next, body });
      place = next;
    } catch (error) {
      items = [...taken, ...items];
      throw error;
    }
    return place;
  }

  function flush(): Promise<{ part: number; hash: string }> {
    flushedAt = performance.now();
    const next = writing.then(write);
    writing = next.catch(() => {});
    return next;
  }

  return {
    done: (op, given, out) => note({ op, in: given, ...(out !== undefined && { out }) }),
    failed,
    flush,
    end: (failure) => void items.push({ op: "end", ...(failure !== undefined && { failed: failure }) }),
    watch: (name, signal) => void signals.set(name, signal),
    belongsTo: (run) => {
      owner = run;
    },

    told(item) {
      items.push(item);
      if (performance.now() - flushedAt < FLUSH_MS) return;
      flush().catch((error) => logger.warn("a run's record was not written; it is tried again", { error }));
    },

    async exchange(op, given, work) {
      try {
        const out = await work();
        note({ op, in: given, ...(out !== undefined && { out }) });
        return out;
      } catch (error) {
        failed(op, given, error);
        throw error;
      }
    },
  };
}
