import type { ContentCipher, Place as SealedPlace } from "@mobile-ai-agent/content-cipher";
import { type FailureCode, hasEnded, type RunStatus } from "@mobile-ai-agent/contracts";
import { isDuplicateKey } from "@mobile-ai-agent/service-kit";
import type { Binary, Db, Filter } from "mongodb";

interface RunDocument {
  _id: string;
  session_id: string;
  user_id: string;
  message_id: string;
  /** Sequence number of the entry that began it. */
  asked: number;
  status: RunStatus;
  /** When its user asked for its end. */
  cancel_requested_at?: Date;
  failure?: RunFailure;
  /** JSON text, each sealed; as they are in runs from before there was a cipher. Absent before the first. */
  steps?: (Binary | RunStep)[];
  /** JSON text of an `OpenStep`, sealed, while it waits. */
  open_step?: Binary;
  /** Until when it waits at most. */
  waiting_until?: Date;
  /** Absent when not. */
  tainted?: true;
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

/** A round that waits for calls to be approved: `null` is the result of a call that was not made yet. */
export interface OpenStep extends Omit<RunStep, "results"> {
  readonly results: readonly (string | null)[];
  /** The text of the run's log, and the number of its last event. */
  readonly said: string;
  readonly sequence: number;
}

export interface RunFailure {
  readonly code: FailureCode;
  /** In words for the person who asked. */
  readonly reason: string;
  /** When it is worth trying again. */
  readonly availableAt?: Date | undefined;
}

/** What was done of a run so far: who takes it over must not do it again. */
export interface RunProgress {
  readonly steps: readonly RunStep[];
  /** The round that is to be finished first. */
  readonly openStep?: OpenStep | undefined;
}

/** The making of one answer. `messageId` is the user's message that asked for it. */
export interface Run {
  readonly id: string;
  readonly sessionId: string;
  readonly userId: string;
  readonly messageId: string;
  /** Sequence number of the entry that began it: the message, or that it is to be answered anew. */
  readonly asked: number;
  readonly status: RunStatus;
  /** Whether its user has asked for its end. */
  readonly cancelRequested: boolean;
  /** Whether the model has read what the user didn't write: others may speak through it from then on. */
  readonly tainted: boolean;
  /** Of a run that failed. */
  readonly failure?: RunFailure | undefined;
  readonly createdAt: Date;
  /** When the status last changed. */
  readonly updatedAt: Date;
}

export interface NewRun {
  readonly runId: string;
  readonly sessionId: string;
  readonly userId: string;
  readonly messageId: string;
  readonly asked: number;
}

/** A run, and where it is. */
export type Place = Pick<Run, "id" | "sessionId" | "userId">;

/**
 * A session with a tainted run, by its id: so it is found without a search among runs. Its own document would not do:
 * FerretDB's update writes the whole document that it found, and what another wrote meanwhile is lost.
 */
interface TaintDocument {
  _id: string;
  user_id: string;
  created_at: Date;
}

/** A note that a run may not have ended: made before the run, removed after its end. */
interface UnfinishedDocument {
  /** The run's. */
  _id: string;
  user_id: string;
  created_at: Date;
}

export interface RunStore {
  createIndexes(): Promise<void>;
  /** Stores a queued run; one that exists is left and returned as it is. */
  create(run: NewRun): Promise<Run>;
  get(runId: string): Promise<Run | undefined>;
  setStatus(runId: string, status: RunStatus): Promise<void>;
  fail(runId: string, failure: RunFailure): Promise<void>;
  /** A step has results of tools: it taints the run. */
  addStep(run: Place, step: RunStep): Promise<void>;
  /** Only who takes a run over needs it, so a run is read without. */
  progressOf(run: Pick<Run, "id" | "userId">): Promise<RunProgress>;
  taint(run: Place): Promise<void>;
  /** Whether a run of the session is tainted, or was: the model is shown its answer. */
  isSessionTainted(sessionId: string): Promise<boolean>;
  /** Lets a run wait, until `until` at most. */
  park(run: Place, step: OpenStep, until: Date): Promise<void>;
  /** Runs that wait though their time is over, or their user has asked for their end. */
  overdueWaiting(now: Date, limit: number): Promise<Run[]>;
  /** Notes that the user wants the run to end; whoever handles it hears of it by `RunCancellations`. */
  requestCancel(runId: string): Promise<void>;
  /** Those of a session that have not ended. */
  unfinishedOf(sessionId: string): Promise<Run[]>;
  /** Ids of a session's runs whose status has changed since `date`, whatever it is. */
  changedSince(sessionId: string, date: Date): Promise<string[]>;
  /** Those of a user: all ids, and which are `queued` or `running`. */
  ofUser(userId: string): AsyncIterable<Pick<Run, "id" | "status">>;
  removeAll(sessionId: string): Promise<void>;
  /** Runs whose status is `queued` or `running` since before `date`, the oldest first. */
  unfinishedBefore(date: Date, limit: number): Promise<Run[]>;
}

/** Longer than a run takes from being noted to being stored. */
const NOTED_MS = 60_000;

/** Steps may be large, and few want them. */
const WITHOUT_STEPS = { projection: { steps: 0, open_step: 0 } } as const;

export function createRunStore(db: Db, cipher: ContentCipher): RunStore {
  const runs = db.collection<RunDocument>("runs");
  const taints = db.collection<TaintDocument>("session_taints");
  const unfinished = db.collection<UnfinishedDocument>("unfinished_runs");

  /** Those that may not have ended. Sweeps look at nothing else, however many runs there are. */
  async function* noted(): AsyncGenerator<RunDocument> {
    for await (const { _id, created_at } of unfinished.find()) {
      const document = await runs.findOne({ _id }, WITHOUT_STEPS);
      if (document && !hasEnded(document.status)) yield document;
      else if (document || created_at.getTime() < Date.now() - NOTED_MS) await unfinished.deleteOne({ _id });
    }
  }

  async function change(_id: string, to: Partial<RunDocument> & Pick<RunDocument, "status">): Promise<void> {
    await runs.updateOne({ _id }, { $set: { ...to, updated_at: new Date() } });
    if (hasEnded(to.status)) await unfinished.deleteOne({ _id });
  }

  /** Before the run itself, so that a tainted run never stands in a session that is not. */
  async function taintSession({ sessionId, userId }: Place): Promise<void> {
    await unlessThere(taints.insertOne({ _id: sessionId, user_id: userId, created_at: new Date() }));
  }

  return {
    async createIndexes() {
      await runs.createIndex({ session_id: 1, updated_at: 1 });
      await runs.createIndex({ user_id: 1, _id: 1 });
      await taints.createIndex({ user_id: 1 });
      await unfinished.createIndex({ user_id: 1 });
    },

    async create({ runId, sessionId, userId, messageId, asked }) {
      const now = new Date();
      const document: RunDocument = {
        _id: runId,
        session_id: sessionId,
        user_id: userId,
        message_id: messageId,
        asked,
        status: "queued",
        created_at: now,
        updated_at: now,
      };
      await unlessThere(unfinished.insertOne({ _id: runId, user_id: userId, created_at: now }));
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
      await change(runId, { status });
    },

    async fail(runId, { code, reason, availableAt }) {
      const failure = { code, reason, ...(availableAt && { availableAt }) };
      await change(runId, { status: "failed", failure });
    },

    async addStep(run, step) {
      const { id, userId } = run;
      await taintSession(run);
      const sealed = await cipher.seal(userId, placeOf(id, "steps"), JSON.stringify(step));
      const change = {
        $push: { steps: sealed },
        $set: { tainted: true as const },
        $unset: { open_step: "" as const },
      };
      await runs.updateOne({ _id: id }, change);
    },

    async progressOf({ id, userId }) {
      const document = await runs.findOne({ _id: id }, { projection: { steps: 1, open_step: 1 } });
      const open = async <T>(sealed: Binary, field: string): Promise<T> =>
        JSON.parse(await cipher.open(userId, placeOf(id, field), sealed));
      const steps = (document?.steps ?? []).map((step) =>
        isSealed(step) ? open<RunStep>(step, "steps") : step,
      );
      const openStep = document?.open_step && (await open<OpenStep>(document.open_step, "open_step"));
      return { steps: await Promise.all(steps), openStep };
    },

    async taint(run) {
      await taintSession(run);
      await runs.updateOne({ _id: run.id }, { $set: { tainted: true } });
    },

    async isSessionTainted(sessionId) {
      return (await taints.findOne({ _id: sessionId })) !== null;
    },

    async park(run, step, until) {
      const { id, userId } = run;
      const tainted = step.results.some((result) => result !== null);
      if (tainted) await taintSession(run);
      const open_step = await cipher.seal(userId, placeOf(id, "open_step"), JSON.stringify(step));
      const waiting = { status: "waiting", open_step, waiting_until: until } as const;
      const change = { ...waiting, ...(tainted && { tainted }), updated_at: new Date() };
      await runs.updateOne({ _id: id }, { $set: change });
    },

    async overdueWaiting(now, limit) {
      const overdue: RunDocument[] = [];
      for await (const run of noted()) {
        const { status, waiting_until = now, cancel_requested_at } = run;
        if (status === "waiting" && (waiting_until < now || cancel_requested_at)) overdue.push(run);
      }
      return oldest(overdue, limit);
    },

    async requestCancel(runId) {
      await runs.updateOne({ _id: runId }, { $set: { cancel_requested_at: new Date() } });
    },

    async unfinishedOf(session_id) {
      const status = { $in: ["queued", "running", "waiting"] as const };
      const found = runs.find({ session_id, status } as Filter<RunDocument>, WITHOUT_STEPS);
      return (await found.toArray()).map(toRun);
    },

    async changedSince(session_id, date) {
      const found = runs.find({ session_id, updated_at: { $gte: date } }, { projection: { _id: 1 } });
      return (await found.toArray()).map(({ _id }) => _id);
    },

    async *ofUser(user_id) {
      const found = runs.find({ user_id }, { projection: { status: 1 } });
      for await (const { _id: id, status } of found) yield { id, status };
    },

    async removeAll(session_id) {
      await runs.deleteMany({ session_id });
      await taints.deleteOne({ _id: session_id });
    },

    async unfinishedBefore(date, limit) {
      const found: RunDocument[] = [];
      for await (const run of noted()) {
        if (run.status !== "waiting" && run.updated_at < date) found.push(run);
      }
      return oldest(found, limit);
    },
  };
}

/** @throws what the insert throws, unless the document is there already */
async function unlessThere(insert: Promise<unknown>): Promise<void> {
  await insert.catch((error) => (isDuplicateKey(error) ? undefined : Promise.reject(error)));
}

function oldest(documents: readonly RunDocument[], limit: number): Run[] {
  const inOrder = documents.toSorted((a, b) => a.updated_at.getTime() - b.updated_at.getTime());
  return inOrder.slice(0, limit).map(toRun);
}

function toRun(document: RunDocument): Run {
  const { _id, session_id, user_id, message_id, status, created_at, updated_at } = document;
  return {
    id: _id,
    sessionId: session_id,
    userId: user_id,
    messageId: message_id,
    asked: document.asked,
    status,
    cancelRequested: document.cancel_requested_at !== undefined,
    tainted: document.tainted === true,
    failure: document.failure,
    createdAt: created_at,
    updatedAt: updated_at,
  };
}

function placeOf(runId: string, field: string): SealedPlace {
  return { collection: "runs", record: runId, field };
}

function isSealed(step: Binary | RunStep): step is Binary {
  return "_bsontype" in step;
}
