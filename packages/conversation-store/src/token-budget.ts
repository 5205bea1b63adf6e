import { randomUUID } from "node:crypto";
import type { Db } from "mongodb";
import type { RedisClient } from "./redis-client.ts";
import { type Account, type Call, createTokenCounter, type TokenCounter } from "./token-counter.ts";
import { type Counted, createTokenLedger } from "./token-ledger.ts";

/** Tokens that one call of a model may use, prompt and answer together. */
export interface Reservation extends Account, Call {
  /** Of the ledger. */
  readonly entry: string;
  readonly tokens: number;
}

export interface TokenBudget {
  createIndexes(): Promise<void>;
  /**
   * Takes tokens of the user's day before a call of a model. However many ask at a time, together they get no more than
   * the day's limit.
   *
   * @param wish.least tokens without which the call is of no use
   * @returns undefined when fewer are left
   */
  reserve(wish: {
    userId: string;
    runId: string;
    least: number;
    most: number;
  }): Promise<Reservation | undefined>;
  /** Call it once the call has ended, however it did. */
  settle(reservation: Reservation, use: { tokens: number; counted: Counted }): Promise<void>;
  /** What a run has used; who takes it over calls `recover` first. */
  usedByRun(run: { runId: string; userId: string }): Promise<number>;
  /** Settles what an orchestrator that died left open, as the most that it can have used: nobody can tell any more. */
  recover(run: { runId: string; userId: string }): Promise<void>;
  today(userId: string): Promise<TokenUse>;
}

export interface TokenUse {
  /** Of UTC, `2026-11-25`. */
  readonly day: string;
  readonly used: number;
  readonly limit: number;
  /** When the next day begins. */
  readonly resetsAt: Date;
}

export interface TokenBudgetOptions {
  readonly tokensPerDay: number;
  readonly now?: () => Date;
  /** A counter in place of the one in Redis. */
  readonly counter?: TokenCounter;
}

/** Each user's tokens a day (UTC): written down in the database, counted in Redis. */
export function createTokenBudget(db: Db, redis: RedisClient, options: TokenBudgetOptions): TokenBudget {
  const { tokensPerDay: limit, now = () => new Date() } = options;
  const ledger = createTokenLedger(db);
  const counter = options.counter ?? createTokenCounter(redis, ledger.tallyOf);
  const accountOf = (userId: string): Account => ({ userId, day: dayOf(now()) });
  /** A run lasts a quarter of an hour and a little at the most, but it may last over midnight. */
  const accountsOf = (userId: string): Account[] => [
    { userId, day: dayOf(new Date(now().getTime() - DAY_MS)) },
    accountOf(userId),
  ];

  return {
    createIndexes: () => ledger.createIndexes(),

    async reserve({ userId, runId, least, most }) {
      const account = accountOf(userId);
      const call = { callId: randomUUID(), runId };
      const take = () => counter.reserve(account, { ...call, least, most, limit });
      const taken = await take();
      if (taken === 0) return undefined;
      const entry = await ledger.add(account, call, taken);
      // A counter that was lost in between, and filled without this call, counts it now; from here on the ledger has it.
      const confirmed = Math.min(await take(), taken);
      if (confirmed === 0) {
        await ledger.settle(entry, 0, "bound");
        // It may have been filled from the ledger once more.
        await counter.settle(account, call, 0);
      } else if (confirmed < taken) await ledger.setReserved(entry, confirmed);
      return confirmed === 0 ? undefined : { ...account, ...call, entry, tokens: confirmed };
    },

    async settle(reservation, { tokens, counted }) {
      await ledger.settle(reservation.entry, tokens, counted);
      await counter.settle(reservation, reservation, tokens);
    },

    usedByRun: ({ runId, userId }) => ledger.usedByRun(runId, accountsOf(userId)),

    async recover({ runId, userId }) {
      const closed = await ledger.closeOpen(runId, accountsOf(userId));
      // Today's also when nothing was open: what was reserved and not written down is in the counter alone.
      for (const account of [accountOf(userId), ...closed]) await counter.forget(account);
    },

    async today(userId) {
      const account = accountOf(userId);
      const used = await counter.total(account);
      return { day: account.day, used, limit, resetsAt: endOf(account.day) };
    },
  };
}

const DAY_MS = 24 * 60 * 60 * 1000;

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** @param day as in `2026-11-25`, UTC */
function endOf(day: string): Date {
  return new Date(Date.parse(day) + DAY_MS);
}
