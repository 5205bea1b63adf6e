import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "@mobile-ai-agent/service-kit";
import type { Db } from "mongodb";
import type { Registry } from "prom-client";
import { createAuditMetrics } from "./audit-metrics.ts";
import { createChainStore } from "./chain-store.ts";
import { createCheckpointer, type Place } from "./checkpointer.ts";
import { type Entry, hashOf, linkOf, NOTHING_BEFORE } from "./entry.ts";
import type { AuditEvent } from "./events.ts";
import type { AuditKeys } from "./keys.ts";

/** So that events of one moment are one write. */
const FLUSH_MS = 50;
const MAX_BATCH = 100;
/** While the database is away; what comes then is counted, and the count is recorded. */
const MAX_PENDING = 10_000;
const CHECKPOINT_MS = 30_000;
const RETRY_MS = [100, 300, 1000, 3000] as const;
/** For what `store` waits, and for the rest when the process ends. */
const PATIENCE_MS = 8000;

export interface AuditLog {
  /** Records an event in the background, in the order of the calls. */
  record(event: AuditEvent): void;
  /**
   * Records what must not be done unless that is on record: resolves when it is stored and vouched for.
   *
   * @throws after eight seconds without the database; then it may still be stored later
   */
  store(event: AuditEvent): Promise<void>;
  /** A stable name for what must not be stored itself, such as a client's network. */
  pseudonymOf(text: string): string;
  /** Stores what is left, as long as that takes no more than eight seconds, and ends the chain. */
  close(): Promise<void>;
}

interface Pending {
  readonly event: AuditEvent;
  readonly time: string;
  readonly stored?: () => void;
}

interface Head extends Place {
  /** What the next entry says of it. */
  readonly link: string;
}

type OwnEvent = Pick<Extract<AuditEvent, { action: `audit.${string}` }>, "action" | "details">;

/** The audit log of one process: a hash-chained, signed chain of its own, so that no two writers wait for each other. */
export async function createAuditLog(options: {
  db: Db;
  keys: AuditKeys;
  service: string;
  logger: Logger;
  registry?: Registry;
  checkpointMs?: number;
  patienceMs?: number;
}): Promise<AuditLog> {
  const { keys, service, logger, checkpointMs = CHECKPOINT_MS, patienceMs = PATIENCE_MS } = options;
  const chain = randomUUID();
  const store = createChainStore(options.db);
  const checkpointer = createCheckpointer(store, keys, chain);
  const pending: Pending[] = [];
  const metrics = createAuditMetrics(options.registry, () => pending.length);
  const giveUp = new AbortController();
  let head: Head = { sequence: 0, hash: NOTHING_BEFORE, link: NOTHING_BEFORE };
  let vouched = 0;
  let lost = 0;
  let draining: Promise<void> | undefined;
  let vouching: Promise<void> = Promise.resolve();
  let flushTimer: NodeJS.Timeout | undefined;
  await store.createIndexes();

  /** @returns false when there is no room */
  function enqueue(event: AuditEvent, stored?: () => void): boolean {
    if (pending.length >= MAX_PENDING) {
      lost++;
      metrics.lost(1);
      return false;
    }
    pending.push({ event, time: new Date().toISOString(), ...(stored && { stored }) });
    if (stored) startDraining();
    else flushTimer ??= setTimeout(startDraining, FLUSH_MS);
    return true;
  }

  function startDraining(): void {
    clearTimeout(flushTimer);
    flushTimer = undefined;
    draining ??= drain()
      .catch((error) => {
        metrics.lost(pending.length);
        logger.error("audit events were lost: the process ended", { count: pending.length, error });
      })
      .finally(() => {
        draining = undefined;
      });
  }

  async function drain(): Promise<void> {
    while (pending.length > 0) {
      const batch = pending.slice(0, MAX_BATCH);
      const entries = await untilItWorks(() => seal(batch));
      await untilItWorks(() => store.append(entries));
      pending.splice(0, batch.length);
      head = headOf(entries, head);
      metrics.stored(entries.length);
      if (lost > 0) recordLoss();
      const waiting = batch.flatMap(({ stored }) => stored ?? []);
      if (vouched === 0 || waiting.length > 0) await untilItWorks(vouch);
      for (const stored of waiting) stored();
    }
  }

  /** Makes the next entries of the chain; the first of all opens it. */
  async function seal(batch: readonly Pending[]): Promise<Entry[]> {
    const entries: Entry[] = [];
    let { sequence, link } = head;
    const add = async ({ event, time }: Pending) => {
      const { details = {}, ...about } = event;
      const unsigned = {
        ...{ chain, sequence: sequence + 1, time, service, ...about, details },
        ...{ previous: link, key: keys.id },
      };
      const hash = hashOf("entry", unsigned);
      const entry = { ...unsigned, hash, signature: await keys.sign(hash) };
      ({ sequence, link } = { sequence: entry.sequence, link: linkOf(entry) });
      entries.push(entry);
    };
    if (head.sequence === 0) await add(await opening(batch[0]?.time));
    for (const item of batch) await add(item);
    return entries;
  }

  async function opening(time = new Date().toISOString()): Promise<Pending> {
    const { sequence: checkpoint, hash: checkpoint_hash } = await checkpointer.last();
    return { time, event: ownEvent({ action: "audit.opened", details: { checkpoint, checkpoint_hash } }) };
  }

  /** One checkpoint at a time: each names the one before. */
  function vouch(): Promise<void> {
    const next = vouching.then(writeCheckpoint);
    vouching = next.catch(() => {});
    return next;
  }

  async function writeCheckpoint(): Promise<void> {
    const { sequence, hash } = head;
    if (vouched === sequence) return;
    const written = await checkpointer.write({ sequence, hash });
    vouched = sequence;
    metrics.checkpoint(written.sequence);
    // The service's log is kept elsewhere than the database: who takes back all of it can be told by this line.
    logger.info("audit checkpoint", {
      chain,
      head: sequence,
      checkpoint: written.sequence,
      hash: written.hash,
    });
    if (!written.priorIsGone) return;
    metrics.fault();
    logger.error("an audit checkpoint is gone: the database was restored or tampered with", { chain });
  }

  function recordLoss(): void {
    const count = lost;
    lost = 0;
    logger.error("audit events were lost while the database was away", { count });
    enqueue(ownEvent({ action: "audit.lost", details: { count } }));
  }

  function ownEvent(event: OwnEvent): AuditEvent {
    return { ...event, actor: { kind: "service", id: service }, outcome: "success" } as AuditEvent;
  }

  /** @throws when the process ends before it works */
  async function untilItWorks<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        giveUp.signal.throwIfAborted();
        logger.warn("the audit log can't be written; it is tried again", { pending: pending.length, error });
        const pause = RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)];
        await delay(pause, undefined, { signal: giveUp.signal });
      }
    }
  }

  const timer = setInterval(() => {
    if (!draining) vouch().catch((error) => logger.warn("no audit checkpoint was written", { error }));
  }, checkpointMs);
  timer.unref();

  return {
    record: (event) => enqueue(event),
    pseudonymOf: keys.pseudonymOf,

    async store(event) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const refuse = () =>
        reject(
          new Error("the audit log can't be written, so nothing was done; try again when MongoDB is back"),
        );
      const impatience = setTimeout(refuse, patienceMs);
      if (!enqueue(event, resolve)) refuse();
      await promise.finally(() => clearTimeout(impatience));
    },

    async close() {
      clearInterval(timer);
      clearTimeout(flushTimer);
      const impatience = setTimeout(() => giveUp.abort(new Error("the process ends")), patienceMs);
      if (head.sequence > 0 || pending.length > 0) {
        await draining;
        enqueue(ownEvent({ action: "audit.closed" }), () => {});
      }
      await draining;
      clearTimeout(impatience);
    },
  };
}

function headOf(entries: readonly Entry[], before: Head): Head {
  const last = entries.at(-1);
  return last ? { sequence: last.sequence, hash: last.hash, link: linkOf(last) } : before;
}
