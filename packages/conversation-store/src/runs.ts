import type { ContentCipher, Place } from "@mobile-ai-agent/content-cipher";
import type { RunStatus } from "@mobile-ai-agent/contracts";
import { isDuplicateKey } from "@mobile-ai-agent/service-kit";
import type { Binary, Db, Filter } from "mongodb";

interface RunDocument {
  _id: string;
  session_id: string;
  user_id: string;
  message_id: string;
  status: RunStatus;
  /** When its user asked for its end. */
  cancel_requested_at?: Date;
  /** JSON text, each sealed; as they are in runs from before there was a cipher. Absent before the first. */
  steps?: (Binary | RunStep)[];
  created_at: Date;
  updated_at: Date;
}

/** One round of a run that ended in tool calls: what the model said, what it asked for, and what came of that. */
export interface RunStep {
  readonly text: string;
  /** `arguments` is JSON as the model wrote it. */
  readonly calls: readonly { readonly id: string; readonly name: string; readonly arguments: string }[];
  /** One for each call, in their order. */
  readonly results: readonly string[];
}

/** The making of one answer. `messageId` is the user's message that asked for it. */
export interface Run {
  readonly id: string;
  readonly sessionId: string;
  readonly userId: string;
  readonly messageId: string;
  readonly status: RunStatus;
  /** Whether its user has asked for its end. */
  readonly cancelRequested: boolean;
  readonly createdAt: Date;
  /** When the status last changed. */
  readonly updatedAt: Date;
}

export interface NewRun {
  readonly runId: string;
  readonly sessionId: string;
  readonly userId: string;
  readonly messageId: string;
}

export interface RunStore {
  createIndexes(): Promise<void>;
  /** Stores a queued run; one that exists is left and returned as it is. */
  create(run: NewRun): Promise<Run>;
  get(runId: string): Promise<Run | undefined>;
  setStatus(runId: string, status: RunStatus): Promise<void>;
  addStep(run: Pick<Run, "id" | "userId">, step: RunStep): Promise<void>;
  /** What was done so far: who takes the run over must not do it again. Only they need it, so a run is read without. */
  stepsOf(run: Pick<Run, "id" | "userId">): Promise<RunStep[]>;
  /** Notes that the user wants the run to end; whoever handles it hears of it by `RunCancellations`. */
  requestCancel(runId: string): Promise<void>;
  /** Those of a session whose status is `queued` or `running`. */
  unfinishedOf(sessionId: string): Promise<Run[]>;
  /** Ids of a session's runs whose status has changed since `date`, whatever it is. */
  changedSince(sessionId: string, date: Date): Promise<string[]>;
  removeAll(sessionId: string): Promise<void>;
  /** Runs whose status is `queued` or `running` since before `date`, the oldest first. */
  unfinishedBefore(date: Date, limit: number): Promise<Run[]>;
}

/** Steps may be large, and few want them. */
const WITHOUT_STEPS = { projection: { steps: 0 } } as const;

export function createRunStore(db: Db, cipher: ContentCipher): RunStore {
  const runs = db.collection<RunDocument>("runs");
  return {
    async createIndexes() {
      await runs.createIndex({ status: 1, updated_at: 1 });
      await runs.createIndex({ session_id: 1, updated_at: 1 });
    },

    async create({ runId, sessionId, userId, messageId }) {
      const now = new Date();
      const document: RunDocument = {
        _id: runId,
        session_id: sessionId,
        user_id: userId,
        message_id: messageId,
        status: "queued",
        created_at: now,
        updated_at: now,
      };
      try {
        await runs.insertOne(document);
        return toRun(document);
      } catch (error) {
        const existing = isDuplicateKey(error) ? await runs.findOne({ _id: runId }, WITHOUT_STEPS) : null;
        if (existing === null) throw error;
        return toRun(existing);
      }
    },

    async get(runId) {
      const document = await runs.findOne({ _id: runId }, WITHOUT_STEPS);
      return document === null ? undefined : toRun(document);
    },

    async setStatus(runId, status) {
      await runs.updateOne({ _id: runId }, { $set: { status, updated_at: new Date() } });
    },

    async addStep({ id, userId }, step) {
      const sealed = await cipher.seal(userId, stepsPlace(id), JSON.stringify(step));
      await runs.updateOne({ _id: id }, { $push: { steps: sealed } });
    },

    async stepsOf({ id, userId }) {
      const document = await runs.findOne({ _id: id }, { projection: { steps: 1 } });
      return await Promise.all(
        (document?.steps ?? []).map(async (step) =>
          isSealed(step) ? JSON.parse(await cipher.open(userId, stepsPlace(id), step)) : step,
        ),
      );
    },

    async requestCancel(runId) {
      await runs.updateOne({ _id: runId }, { $set: { cancel_requested_at: new Date() } });
    },

    async unfinishedOf(session_id) {
      const found = runs.find({ session_id, status: { $in: ["queued", "running"] } });
      return (await found.toArray()).map(toRun);
    },

    async changedSince(session_id, date) {
      const found = runs.find({ session_id, updated_at: { $gte: date } }, { projection: { _id: 1 } });
      return (await found.toArray()).map(({ _id }) => _id);
    },

    async removeAll(session_id) {
      await runs.deleteMany({ session_id });
    },

    async unfinishedBefore(date, limit) {
      const unfinished = { status: { $in: ["queued", "running"] }, updated_at: { $lt: date } } as const;
      const found = runs.find(unfinished as Filter<RunDocument>, WITHOUT_STEPS);
      return (await found.sort({ updated_at: 1 }).limit(limit).toArray()).map(toRun);
    },
  };
}

function toRun(document: RunDocument): Run {
  const { _id, session_id, user_id, message_id, status, created_at, updated_at } = document;
  return {
    id: _id,
    sessionId: session_id,
    userId: user_id,
    messageId: message_id,
    status,
    cancelRequested: document.cancel_requested_at !== undefined,
    createdAt: created_at,
    updatedAt: updated_at,
  };
}

function stepsPlace(runId: string): Place {
  return { collection: "runs", record: runId, field: "steps" };
}

function isSealed(step: Binary | RunStep): step is Binary {
  return "_bsontype" in step;
}
