import { setTimeout as delay } from "node:timers/promises";
import { isDuplicateKey } from "@mobile-ai-agent/service-kit";
import { LRUCache } from "lru-cache";
import type { Db } from "mongodb";
import { lastNumber } from "./last-number.ts";
import type { Account, Call, Tally } from "./token-counter.ts";

/** One call of a model: what it may use, and once it has ended what it has. */
interface UseDocument {
  /** `<user>:<day>:<number>`, numbers from 1 without gaps: so a day's entries are found without a search. */
  _id: string;
  call_id: string;
  run_id: string;
  user_id: string;
  day: string;
  reserved: number;
  /** Absent while the call is open. */
  used?: number;
  /** Who counted: the model's provider, or nobody, so that it is the most that it can have been. */
  counted?: Counted;
  created_at: Date;
  settled_at?: Date;
}

export type Counted = "provider" | "bound";

/** What models have used: the truth of it. An open call counts as what was reserved for it. */
export interface TokenLedger {
  createIndexes(): Promise<void>;
  /** @returns the entry's id */
  add(account: Account, call: Call, reserved: number): Promise<string>;
  setReserved(entry: string, reserved: number): Promise<void>;
  /** A call that is settled stays as it is. */
  settle(entry: string, used: number, counted: Counted): Promise<void>;
  tallyOf(account: Account): Promise<Tally>;
  /** @param accounts of the days on which the run may have been under way */
  usedByRun(runId: string, accounts: readonly Account[]): Promise<number>;
  /**
   * Settles the calls of a run whose process is gone, as the most that they can have used.
   *
   * @returns their accounts
   */
  closeOpen(runId: string, accounts: readonly Account[]): Promise<Account[]>;
}

const MAX_ATTEMPTS = 100;
const MAX_ACCOUNTS = 5000;
/** More than that are read by a query, which every database with indexes does better. */
const MANY = 256;

export function createTokenLedger(db: Db): TokenLedger {
  const uses = db.collection<UseDocument>("token_uses");
  /** Numbers of the last entries, as far as this process has seen them. */
  const seen = new LRUCache<string, number>({ max: MAX_ACCOUNTS });

  const keyOf = ({ userId, day }: Account) => `${userId}:${day}`;

  async function lastOf(account: Account): Promise<number> {
    const key = keyOf(account);
    const at = async (number: number) => (await uses.findOne({ _id: `${key}:${number}` })) ?? undefined;
    const { number } = await lastNumber(seen.get(key) ?? 0, at);
    seen.set(key, number);
    return number;
  }

  async function entriesOf(account: Account): Promise<UseDocument[]> {
    const { userId: user_id, day } = account;
    const last = await lastOf(account);
    if (last > MANY) return await uses.find({ user_id, day }).toArray();
    const numbers = Array.from({ length: last }, (_, index) => index + 1);
    const found = numbers.map((number) => uses.findOne({ _id: `${keyOf(account)}:${number}` }));
    return (await Promise.all(found)).filter((use) => use !== null);
  }

  async function entriesOfRun(runId: string, accounts: readonly Account[]): Promise<UseDocument[]> {
    const found = await Promise.all(accounts.map(entriesOf));
    return found.flat().filter(({ run_id }) => run_id === runId);
  }

  async function settle(_id: string, used: number, counted: Counted): Promise<void> {
    // In two steps, as FerretDB's update with a condition would be anyway.
    const use = await uses.findOne({ _id });
    if (use === null || use.used !== undefined) return;
    await uses.updateOne({ _id }, { $set: { used, counted, settled_at: new Date() } });
  }

  return {
    async createIndexes() {
      await uses.createIndex({ user_id: 1, day: 1 });
    },

    async add(account, { callId, runId }, reserved) {
      const key = keyOf(account);
      const whose = { call_id: callId, run_id: runId, user_id: account.userId, day: account.day };
      for (let attempt = 1; ; attempt++) {
        const number = (seen.get(key) ?? (await lastOf(account))) + 1;
        const _id = `${key}:${number}`;
        try {
          await uses.insertOne({ _id, ...whose, reserved, created_at: new Date() });
          seen.set(key, Math.max(number, seen.get(key) ?? 0));
          return _id;
        } catch (error) {
          if (!isDuplicateKey(error) || attempt === MAX_ATTEMPTS) throw error;
          // The answer to an earlier try may have been lost.
          if ((await uses.findOne({ _id }))?.call_id === callId) return _id;
          await delay(Math.random() * Math.min(attempt, 10));
          await lastOf(account);
        }
      }
    },

    async setReserved(_id, reserved) {
      await uses.updateOne({ _id }, { $set: { reserved } });
    },

    settle,

    async tallyOf(account) {
      const found = await entriesOf(account);
      const open = found.filter(({ used }) => used === undefined);
      return {
        total: found.reduce((sum, use) => sum + tokensOf(use), 0),
        open: open.map(({ call_id, run_id, reserved }) => ({
          ...{ callId: call_id, runId: run_id, tokens: reserved },
        })),
      };
    },

    async usedByRun(runId, accounts) {
      const found = await entriesOfRun(runId, accounts);
      return found.reduce((sum, use) => sum + tokensOf(use), 0);
    },

    async closeOpen(runId, accounts) {
      const open = (await entriesOfRun(runId, accounts)).filter(({ used }) => used === undefined);
      for (const { _id, reserved } of open) await settle(_id, reserved, "bound");
      return open.map(({ user_id, day }) => ({ userId: user_id, day }));
    },
  };
}

function tokensOf({ used, reserved }: UseDocument): number {
  return used ?? reserved;
}
