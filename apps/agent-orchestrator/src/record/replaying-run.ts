import type { RunEvent } from "@mobile-ai-agent/contracts";
import type { Run } from "@mobile-ai-agent/conversation-store";
import type { Logger } from "@mobile-ai-agent/service-kit";
import type { Asked, PartName, RunDependencies } from "../run-dependencies.ts";
import { approvalPolicyOf, type Op } from "./journal.ts";
import { type OpenedTools, questions, throughEach, toolsOf } from "./recording.ts";
import type { Replayer } from "./replayer.ts";

/** What the agent works with on replay: nothing but the record. */
export function replayingDependencies(replayer: Replayer, logger: Logger): RunDependencies {
  const { settings, signal } = replayer;

  function replayed<Name extends PartName>(name: Name): Asked<Name> {
    return throughEach(name, (method) => async (...given) => {
      const op = `${name}.${method}` as Op;
      const out = replayer.exchange(op, given);
      return out === undefined ? undefined : revived(op, out);
    });
  }

  return {
    ...{ modelContinues: settings.modelContinues, limits: settings.limits, logger },
    ...{ guardPolicy: settings.guardPolicy, approvalPolicy: approvalPolicyOf(settings) },
    audit: { record() {}, async store() {} },
    tokenMetrics: { use() {}, refuse() {} },
    store: {
      runs: replayed("runs"),
      messages: replayed("messages"),
      approvals: replayed("approvals"),
    },
    events: replayed("events"),
    budget: replayed("budget"),

    runLog: {
      ...replayed("log"),
      async *read(runId, after) {
        yield* replayer.exchange("log.read", [runId, after]) as RunEvent[];
      },
    },

    async openTools(run) {
      return {
        ...toolsOf(replayer.exchange("tools.open", run.id) as OpenedTools),
        call: async (tool, input) => replayer.exchange("tools.call", [tool.definition.name, input]) as string,
        // When the record has ended, so has the agent.
        async close() {
          if (!replayer.wasCut && !replayer.divergence) replayer.exchange("tools.close");
        },
      };
    },

    model: replayedModel(replayer),
    cancels: { watch: () => ({ signal: signal("cancelled"), end() {} }) },
    now: () => replayer.exchange("clock") as number,
    timeLimit: () => signal("time"),
  };
}

function replayedModel(replayer: Replayer): RunDependencies["model"] {
  const question = questions();
  return {
    async *answer(request) {
      replayer.exchange("model", question(request));
      for (let next = replayer.told(); next; next = replayer.told()) {
        if (next.op === "told") request.onEnd?.(next.end);
        else yield next.piece;
      }
      replayer.exchange("model.end");
    },
  };
}

/** What was no JSON of an answer. */
function revived(op: Op, out: unknown): unknown {
  if (op === "runs.get") {
    const { createdAt, updatedAt, failure, ...run } = out as Run;
    const availableAt = failure?.availableAt && new Date(failure.availableAt);
    return {
      ...{ ...run, createdAt: new Date(createdAt), updatedAt: new Date(updatedAt) },
      ...(failure && { failure: { ...failure, ...(availableAt && { availableAt }) } }),
    };
  }
  if (op !== "budget.today") return out;
  const today = out as { resetsAt: string };
  return { ...today, resetsAt: new Date(today.resetsAt) };
}
