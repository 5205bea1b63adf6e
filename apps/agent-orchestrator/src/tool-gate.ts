import { canonical, type Party, user } from "@mobile-ai-agent/audit-log";
import type { OpenStep, Run, RunStep, StoredApproval } from "@mobile-ai-agent/conversation-store";
import { digest } from "./record/record-hash.ts";
import type { RunDependencies } from "./run-dependencies.ts";
import type { RunGuard } from "./run-guard.ts";
import type { RunTools } from "./run-tools.ts";
import { type ApprovalPolicy, needsApproval } from "./tools/classify.ts";
import { UNSURE } from "./tools/connection.ts";
import type { Tool } from "./tools/tool.ts";
import { parseArguments, type ToolCall } from "./tools/tool-call.ts";

/** What the model may ask for at once; what is beyond is not done, and it is told so. */
const MAX_CALLS = 8;

/** What the model is told of a call that was not made. */
const ERRORS = {
  tooMany: `error: at most ${MAX_CALLS} calls are done at once; ask again for this one`,
  unknown: "error: there is no tool of this name",
  malformed: "error: the arguments are not a whole JSON object; nothing was done",
  refused: "error: the user refused this call; don't repeat it unless they ask you to",
  expired: "error: the user did not approve this call in time; it was not made",
  changed:
    "error: this is not the call that the user was asked for; it was not made: ask again for what is needed",
};

/** What the model said and wants done; of calls that were made before, the results. */
export type Turn = Pick<OpenStep, "text" | "calls" | "results">;

export interface ToolGate {
  /**
   * Makes the calls of a round, as far as they may be made, and stores the round. A call that needs approval has its
   * user asked; then the round is stored as it is, and the run waits.
   *
   * @param number of the round, from 1
   * @returns undefined when the run waits
   * @throws the signal's reason when aborted
   */
  perform(turn: Turn, number: number, signal: AbortSignal): Promise<RunStep | undefined>;
}

export interface ToolGateOptions {
  readonly run: Run;
  readonly tools: RunTools;
  readonly guard: RunGuard;
  readonly store: RunDependencies["store"];
  readonly events: RunDependencies["events"];
  readonly audit: RunDependencies["audit"];
  readonly policy: ApprovalPolicy;
  /** Whether the model has read what the user didn't write before the first round. */
  readonly isTainted: boolean;
  readonly now: RunDependencies["now"];
  /** Called when the user is going to be asked. */
  readonly onAsk: () => void;
  /** Where the run's log is. */
  readonly position: () => Pick<OpenStep, "said" | "sequence">;
}

/** Stands between one run's model and what it wants done. */
export function createToolGate(options: ToolGateOptions): ToolGate {
  const { run, tools, guard, store, events, audit, policy, now, onAsk, position } = options;
  let { isTainted } = options;
  let waitsUntil: Date | undefined;

  /** @returns null while the call waits for its user */
  async function resultOf(call: ToolCall, id: string, signal: AbortSignal): Promise<string | null> {
    const tool = tools.find(call.name);
    if (tool === undefined) return ERRORS.unknown;
    const input = parseArguments(call.arguments);
    if (input === undefined) return ERRORS.malformed;
    const isGuarded = needsApproval(tool, policy, isTainted);
    if (isGuarded) {
      const verdict = await verdictOn(tool, input, id);
      if (verdict !== "approved") return verdict;
    }
    // An effect outside, or one that was approved, happens once: not again when this process dies before it is stored.
    if ((isGuarded || tool.risk === "outbound") && !(await store.approvals.claim(id))) return UNSURE;
    return guard.read(await tools.call(tool, input, signal), "tool");
  }

  async function verdictOn(tool: Tool, input: object, id: string): Promise<"approved" | string | null> {
    const callHash = hashOfCall(tool, input);
    const stored = (await store.approvals.get(id)) ?? (await ask(tool, input, { id, callHash }));
    if (stored.callHash !== callHash) {
      // The tool is another one by now; or who asked has died, and the model wants something else.
      if (stored.approval.status === "pending") await decide(stored, "refused");
      return ERRORS.changed;
    }
    const expiresAt = new Date(stored.approval.expires_at);
    let { status } = stored.approval;
    if (status === "pending" && expiresAt.getTime() <= now()) status = await decide(stored, "expired");
    if (status === "pending") {
      if (waitsUntil === undefined || expiresAt < waitsUntil) waitsUntil = expiresAt;
      return null;
    }
    await recordDecision(status, tool, input);
    return status === "approved" ? status : ERRORS[status];
  }

  /** A call that was approved is not made unless that is on record; a process that dies here records it again. */
  async function recordDecision(status: "approved" | "refused" | "expired", tool: Tool, input: object) {
    const details = { tool: tool.definition.name, arguments: digest(canonical(input)) };
    const subject: Party = { kind: "run", id: run.id };
    const owner = user(run.userId);
    if (status === "approved")
      await audit.store({ action: "tool.approved", actor: owner, subject, outcome: "success", details });
    else {
      const actor = status === "refused" ? owner : subject;
      audit.record({ action: "tool.refused", actor, subject, outcome: "denied", details });
    }
  }

  async function ask(tool: Tool, input: object, about: { id: string; callHash: string }) {
    const { server, risk } = tool;
    onAsk();
    const stored = await store.approvals.request({
      ...{ ...about, runId: run.id, userId: run.userId, sessionId: run.sessionId },
      ...{ server, tool: tool.tool, risk, tainted: isTainted, arguments: JSON.stringify(input) },
      expiresAt: new Date(now() + policy.seconds * 1000),
    });
    await events.publish({
      userId: run.userId,
      event: { name: "approval:requested", payload: stored.approval },
    });
    return stored;
  }

  const decide = (stored: StoredApproval, decision: "expired" | "refused") =>
    decideAndTell({ store, events }, stored, decision);

  return {
    async perform({ text, calls, results: known }, number, signal) {
      const results: (string | null)[] = [];
      waitsUntil = undefined;
      for (const [index, call] of calls.entries()) {
        const id = idOf(`${run.id}/${number}/${index}`);
        const made = known[index] ?? (index < MAX_CALLS ? await resultOf(call, id, signal) : ERRORS.tooMany);
        results.push(made);
      }
      // The calls of one round were wanted before any of their results was read.
      isTainted = true;
      if (waitsUntil !== undefined) {
        await store.runs.park(run, { text, calls, results, ...position() }, waitsUntil);
        return undefined;
      }
      const step = { text, calls, results: results.map((result) => result ?? "") };
      await store.runs.addStep(run, step);
      await store.approvals.consume(run.id);
      return step;
    },
  };
}

/** Nobody is asked any more for what a run that has ended wanted. */
export async function withdrawApprovals(where: Where, runId: string): Promise<void> {
  for (const stored of await where.store.approvals.undecidedOf(runId))
    await decideAndTell(where, stored, "refused");
  await where.store.approvals.consume(runId);
}

type Where = Pick<ToolGateOptions, "store" | "events">;

async function decideAndTell(
  { store, events }: Where,
  stored: StoredApproval,
  decision: "expired" | "refused",
) {
  const approval = await store.approvals.decide(stored, decision);
  await events.publish({ userId: stored.userId, event: { name: "approval:decided", payload: approval } });
  return approval.status;
}

/** An approval is good for this call alone: of this tool, as it was defined, with these arguments. */
function hashOfCall({ server, tool, hash }: Tool, input: object): string {
  return digest(canonical([server, tool, hash, input]));
}

/** A UUID made from a name (RFC 9562, version 8): the same for the same call of a run. */
function idOf(name: string): string {
  const hex = digest(name);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}
