import { type AuditLog, canonical } from "@mobile-ai-agent/audit-log";
import type { Run } from "@mobile-ai-agent/conversation-store";
import type { AnswerEnd, ModelRequest } from "../language-model.ts";
import { ASKED, type Asked, type PartName, type RunDependencies } from "../run-dependencies.ts";
import type { RunTools } from "../run-tools.ts";
import type { Tool } from "../tools/tool.ts";
import type { ModelQuestion, Op } from "./journal.ts";
import { digest } from "./record-hash.ts";
import type { Recorder } from "./recorder.ts";

/** What went by: the run, and its status as it is by then. */
interface Seen {
  readonly run?: Run;
  readonly status?: Run["status"];
}

/** @returns dependencies that write down what goes through them */
export function recordingOf(
  dependencies: RunDependencies,
  recorder: Recorder,
): { recording: RunDependencies; seen: () => Seen } {
  const { store, runLog, openTools, model, cancels, audit } = dependencies;
  let seen: Seen = {};

  /** What the record needs besides being written down. */
  async function follow(op: Op, given: readonly unknown[], out: unknown): Promise<void> {
    if (op === "runs.get" && out !== undefined) {
      const run = out as Run;
      seen = { run, status: run.status };
      recorder.belongsTo(run);
    } else if (op === "runs.setStatus") {
      const [, status] = given as [string, Run["status"]];
      if (status === "running" && seen.run) recordStart(audit, seen.run);
      seen = { ...seen, status };
    } else if (op === "runs.fail") seen = { ...seen, status: "failed" };
    else if (op === "runs.park") seen = { ...seen, status: "waiting" };
    // Who takes the run over finds the step done, and a call that had an effect may be all that there is: how they came
    // about is on record by then.
    if (op === "runs.addStep" || op === "approvals.claim") await recorder.flush();
  }

  function recorded<Name extends PartName>(name: Name, real: Asked<Name>): Asked<Name> {
    return throughEach(name, (method) => async (...given) => {
      const op = `${name}.${method}` as Op;
      const work = real[method as keyof Asked<Name>] as (...given: unknown[]) => Promise<unknown>;
      // Who was taken for dead finds here that another has the run, and leaves its status alone.
      if (op === "runs.park") await recorder.flush();
      const out = await recorder.exchange(op, given, () => work(...given));
      await follow(op, given, out);
      return out;
    });
  }

  const recording: RunDependencies = {
    ...dependencies,
    store: {
      runs: recorded("runs", store.runs),
      messages: recorded("messages", store.messages),
      approvals: recorded("approvals", store.approvals),
    },
    events: recorded("events", dependencies.events),
    budget: recorded("budget", dependencies.budget),
    runLog: { ...recorded("log", runLog), read: recordedRead(runLog, recorder) },
    model: recordedModel(model, recorder),

    async openTools(run, signal) {
      let tools: RunTools | undefined;
      const opened = await recorder.exchange("tools.open", run.id, async () => {
        tools = await openTools(run, signal);
        return contentsOf(tools);
      });
      return {
        ...toolsOf(opened),
        async call(tool, input, callSignal) {
          const work = async () => (await tools?.call(tool, input, callSignal)) ?? "";
          let failed = true;
          try {
            const result = await recorder.exchange("tools.call", [tool.definition.name, input], work);
            failed = result.startsWith("error:");
            return result;
          } finally {
            recordCall(audit, run, { tool, input, failed });
          }
        },
        close: () => recorder.exchange("tools.close", undefined, async () => tools?.close()),
      };
    },

    cancels: {
      watch(runId) {
        const watched = cancels.watch(runId);
        recorder.watch("cancelled", watched.signal);
        return watched;
      },
    },

    now() {
      const time = dependencies.now();
      recorder.done("clock", undefined, time);
      return time;
    },

    timeLimit(ms) {
      const signal = dependencies.timeLimit(ms);
      recorder.watch("time", signal);
      return signal;
    },
  };
  return { recording, seen: () => seen };
}

/** An object with the methods that runs ask of a part, each as `make` says. */
export function throughEach<Name extends PartName>(
  name: Name,
  make: (method: string) => (...given: unknown[]) => Promise<unknown>,
): Asked<Name> {
  return Object.fromEntries(ASKED[name].map((method) => [method, make(method)])) as unknown as Asked<Name>;
}

function recordedRead(
  runLog: RunDependencies["runLog"],
  recorder: Recorder,
): RunDependencies["runLog"]["read"] {
  return async function* read(runId, after, signal) {
    const out = [];
    let failure: unknown;
    try {
      for await (const event of runLog.read(runId, after, signal)) {
        out.push(event);
        yield event;
      }
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      // Whoever reads ends it where it has read enough.
      if (failure === undefined) recorder.done("log.read", [runId, after], out);
      else recorder.failed("log.read", [runId, after], failure);
    }
  };
}

function recordedModel(model: RunDependencies["model"], recorder: Recorder): RunDependencies["model"] {
  const question = questions();
  return {
    async *answer(request, signal) {
      recorder.done("model", question(request));
      const onEnd = (end: AnswerEnd) => {
        recorder.told({ op: "told", end });
        request.onEnd?.(end);
      };
      try {
        for await (const piece of model.answer({ ...request, onEnd }, signal)) {
          recorder.told({ op: "piece", piece });
          yield piece;
        }
        recorder.done("model.end", undefined);
      } catch (error) {
        recorder.failed("model.end", undefined, error);
        throw error;
      }
    },
  };
}

/** @returns what each request of a run asks: messages only come to be more */
export function questions(): (request: ModelRequest) => ModelQuestion {
  let shown = 0;
  return ({ messages, tools, userId, prefix, mayCall, maxTokens }) => {
    const added = messages.slice(shown);
    shown = messages.length;
    const limited = maxTokens !== undefined && { maxTokens };
    return { userId, prefix, mayCall, ...limited, added, tools: digest(canonical(tools)) };
  };
}

/** What opened tools are, as JSON. */
export interface OpenedTools {
  readonly context: RunTools["context"];
  readonly tools: readonly Tool[];
}

function contentsOf({ context, definitions, find }: RunTools): OpenedTools {
  return { context, tools: definitions.flatMap(({ name }) => find(name) ?? []) };
}

export function toolsOf({ context, tools }: OpenedTools): Pick<RunTools, "context" | "definitions" | "find"> {
  const byName = new Map(tools.map((tool) => [tool.definition.name, tool]));
  return {
    context,
    definitions: tools.map(({ definition }) => definition),
    find: (name) => byName.get(name),
  };
}

type Auditing = Pick<AuditLog, "record">;

function recordStart(audit: Auditing, run: Run): void {
  audit.record({
    ...{ action: "run.started", actor: { kind: "user", id: run.userId }, outcome: "success" },
    subject: { kind: "run", id: run.id },
    details: { session: run.sessionId, resumed: run.status !== "queued" },
  });
}

/** The arguments may be anything the user said. */
function recordCall(
  audit: Auditing,
  run: Run,
  { tool, input, failed }: { tool: Tool; input: object; failed: boolean },
): void {
  audit.record({
    ...{ action: "tool.called", actor: { kind: "run", id: run.id } },
    ...{ subject: { kind: "user", id: run.userId }, outcome: failed ? "failure" : "success" },
    details: { tool: tool.definition.name, arguments: digest(canonical(input)) },
  });
}
