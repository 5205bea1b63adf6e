import type { ContentCipher, Place } from "@mobile-ai-agent/content-cipher";
import type { Approval, ApprovalStatus, RiskClass } from "@mobile-ai-agent/contracts";
import { isDuplicateKey } from "@mobile-ai-agent/service-kit";
import type { Binary, Db } from "mongodb";

interface ApprovalDocument {
  _id: string;
  run_id: string;
  user_id: string;
  session_id: string;
  server: string;
  tool: string;
  risk: RiskClass;
  tainted: boolean;
  /** Of the tool, its definition and the arguments. */
  call_hash: string;
  /** JSON text of what is the user's, sealed. */
  content: Binary;
  created_at: Date;
  expires_at: Date;
}

/** Whose insert comes first has decided. */
interface DecisionDocument {
  _id: string;
  run_id: string;
  decision: Exclude<ApprovalStatus, "pending">;
  decided_at: Date;
  /** Whether the run has gone on with it. */
  consumed: boolean;
}

export interface NewApproval {
  /** The same for the same call of a run. */
  readonly id: string;
  readonly runId: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly server: string;
  readonly tool: string;
  readonly risk: RiskClass;
  readonly tainted: boolean;
  readonly callHash: string;
  /** JSON, as the tool would get it. */
  readonly arguments: string;
  readonly expiresAt: Date;
}

export interface StoredApproval {
  readonly approval: Approval;
  readonly userId: string;
  readonly callHash: string;
}

export interface ApprovalStore {
  createIndexes(): Promise<void>;
  /** One that exists is left and returned as it is. */
  request(approval: NewApproval): Promise<StoredApproval>;
  get(id: string): Promise<StoredApproval | undefined>;
  /** A user's that nobody has decided and that have not expired, the oldest first, at most 100. */
  pendingOf(userId: string): Promise<Approval[]>;
  /** A run's that nobody has decided. */
  undecidedOf(runId: string): Promise<StoredApproval[]>;
  /** @returns as it is decided: by this call, or by one that came before */
  decide(stored: StoredApproval, decision: Exclude<ApprovalStatus, "pending">): Promise<Approval>;
  /** Whether a call may be made: only the first who asks may, so that no call is made twice. */
  claim(id: string): Promise<boolean>;
  /** Notes that a run has gone on with what was decided. */
  consume(runId: string): Promise<void>;
  removeAll(sessionId: string): Promise<void>;
  /** Runs that were not seen to go on though a decision was made before `date`. */
  unconsumedBefore(date: Date, limit: number): Promise<string[]>;
}

const LIST_LIMIT = 100;

export function createApprovalStore(db: Db, cipher: ContentCipher): ApprovalStore {
  const approvals = db.collection<ApprovalDocument>("approvals");
  const decisions = db.collection<DecisionDocument>("approval_decisions");
  const claims = db.collection<{ _id: string; claimed_at: Date }>("call_claims");

  async function withDecisions(documents: readonly ApprovalDocument[]): Promise<StoredApproval[]> {
    if (documents.length === 0) return [];
    const found = await decisions.find({ _id: { $in: documents.map(({ _id }) => _id) } }).toArray();
    const decided = new Map(found.map(({ _id, decision }) => [_id, decision]));
    return await Promise.all(
      documents.map((document) => toStored(document, decided.get(document._id) ?? "pending", cipher)),
    );
  }

  async function get(id: string) {
    const document = await approvals.findOne({ _id: id });
    return document === null ? undefined : (await withDecisions([document]))[0];
  }

  const undecided = (stored: readonly StoredApproval[]) =>
    stored.filter(({ approval }) => approval.status === "pending");

  return {
    async createIndexes() {
      await approvals.createIndex({ user_id: 1, expires_at: 1 });
      await approvals.createIndex({ run_id: 1 });
      await approvals.createIndex({ session_id: 1 });
      await decisions.createIndex({ run_id: 1 });
      await decisions.createIndex({ consumed: 1, decided_at: 1 });
    },

    async request(approval) {
      const document = await toDocument(approval, cipher);
      try {
        await approvals.insertOne(document);
        return await toStored(document, "pending", cipher);
      } catch (error) {
        const existing = isDuplicateKey(error) ? await get(approval.id) : undefined;
        if (existing === undefined) throw error;
        return existing;
      }
    },

    get,

    async pendingOf(userId) {
      const found = approvals.find({ user_id: userId, expires_at: { $gt: new Date() } });
      const documents = await found.sort({ expires_at: 1 }).limit(LIST_LIMIT).toArray();
      return undecided(await withDecisions(documents)).map(({ approval }) => approval);
    },

    async undecidedOf(runId) {
      return undecided(await withDecisions(await approvals.find({ run_id: runId }).toArray()));
    },

    async decide({ approval }, decision) {
      const { id, run_id } = approval;
      try {
        const decided = { decision, decided_at: new Date(), consumed: false };
        await decisions.insertOne({ _id: id, run_id, ...decided });
        return { ...approval, status: decision };
      } catch (error) {
        const earlier = isDuplicateKey(error) ? await decisions.findOne({ _id: id }) : null;
        if (earlier === null) throw error;
        return { ...approval, status: earlier.decision };
      }
    },

    async claim(id) {
      try {
        await claims.insertOne({ _id: id, claimed_at: new Date() });
        return true;
      } catch (error) {
        if (isDuplicateKey(error)) return false;
        throw error;
      }
    },

    async consume(runId) {
      await decisions.updateMany({ run_id: runId }, { $set: { consumed: true } });
    },

    async removeAll(session_id) {
      const found = await approvals.find({ session_id }, { projection: { _id: 1 } }).toArray();
      const _id = { $in: found.map(({ _id }) => _id) };
      for (const collection of [claims, decisions]) await collection.deleteMany({ _id });
      await approvals.deleteMany({ session_id });
    },

    async unconsumedBefore(date, limit) {
      const found = decisions.find({ consumed: false, decided_at: { $lt: date } });
      const documents = await found.sort({ decided_at: 1 }).limit(limit).toArray();
      return [...new Set(documents.map(({ run_id }) => run_id))];
    },
  };
}

function placeOf(id: string): Place {
  return { collection: "approvals", record: id, field: "content" };
}

async function toDocument(approval: NewApproval, cipher: ContentCipher): Promise<ApprovalDocument> {
  const { id, runId, userId, sessionId, server, tool, risk, tainted, callHash, expiresAt } = approval;
  const content = await cipher.seal(userId, placeOf(id), JSON.stringify({ arguments: approval.arguments }));
  return {
    ...{ _id: id, run_id: runId, user_id: userId, session_id: sessionId, server, tool, risk, tainted },
    ...{ call_hash: callHash, content, created_at: new Date(), expires_at: expiresAt },
  };
}

async function toStored(
  document: ApprovalDocument,
  status: ApprovalStatus,
  cipher: ContentCipher,
): Promise<StoredApproval> {
  const { _id, run_id, session_id, server, tool, risk, tainted, created_at, expires_at } = document;
  const content = JSON.parse(await cipher.open(document.user_id, placeOf(_id), document.content));
  return {
    approval: {
      ...{ id: _id, run_id, session_id, server, tool, risk, tainted, status },
      arguments: (content as Pick<NewApproval, "arguments">).arguments,
      created_at: created_at.toISOString(),
      expires_at: expires_at.toISOString(),
    },
    userId: document.user_id,
    callHash: document.call_hash,
  };
}
