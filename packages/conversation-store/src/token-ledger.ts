import type { Db } from "mongodb";
import type { Account, Call, Tally } from "./token-counter.ts";

/** One call of a model: what it may use, and once it has ended what it has. */
interface UseDocument {
  _id: string;
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
  add(account: Account, call: Call, reserved: number): Promise<void>;
  setReserved(callId: string, reserved: number): Promise<void>;
  /** For a call that is not made. */
  remove(callId: string): Promise<void>;
  /** A call that is settled stays as it is. */
  settle(callId: string, used: number, counted: Counted): Promise<void>;
  tallyOf(account: Account): Promise<Tally>;
  usedByRun(runId: string): Promise<number>;
  /**
   * Settles the calls of a run whose process is gone, as the most that they can have used.
   *
   * @returns their accounts
   */
  closeOpen(runId: string): Promise<Account[]>;
}

export function createTokenLedger(db: Db): TokenLedger {
  const uses = db.collection<UseDocument>("token_uses");
  return {
    async createIndexes() {
      await uses.createIndex({ user_id: 1, day: 1 });
      await uses.createIndex({ run_id: 1 });
    },

    async add({ userId, day }, { callId, runId }, reserved) {
      const whose = { _id: callId, run_id: runId, user_id: userId, day };
      await uses.insertOne({ ...whose, reserved, created_at: new Date() });
    },

    async setReserved(callId, reserved) {
      await uses.updateOne({ _id: callId }, { $set: { reserved } });
    },

    async remove(callId) {
      await uses.deleteOne({ _id: callId });
    },

    async settle(callId, used, counted) {
      // By the id alone, which is all that FerretDB has an index for; and in two steps, as FerretDB's would be anyway.
      const use = await uses.findOne({ _id: callId });
      if (use === null || use.used !== undefined) return;
      await uses.updateOne({ _id: callId }, { $set: { used, counted, settled_at: new Date() } });
    },

    async tallyOf({ userId, day }) {
      const found = await uses.find({ user_id: userId, day }).toArray();
      const open = found.filter(({ used }) => used === undefined);
      return {
        total: found.reduce((sum, use) => sum + tokensOf(use), 0),
        open: open.map(({ _id, run_id, reserved }) => ({ callId: _id, runId: run_id, tokens: reserved })),
      };
    },

    async usedByRun(runId) {
      const found = await uses.find({ run_id: runId }).toArray();
      return found.reduce((sum, use) => sum + tokensOf(use), 0);
    },

    async closeOpen(runId) {
      const open = await uses.find({ run_id: runId, used: { $exists: false } }).toArray();
      for (const { _id, reserved } of open) await this.settle(_id, reserved, "bound");
      return open.map(({ user_id, day }) => ({ userId: user_id, day }));
    },
  };
}

function tokensOf({ used, reserved }: UseDocument): number {
  return used ?? reserved;
}
