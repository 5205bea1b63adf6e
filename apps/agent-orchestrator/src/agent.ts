import type { OpenStep, RunStep } from "@mobile-ai-agent/conversation-store";
import type { OutputFilter } from "@mobile-ai-agent/guard";
import type { LanguageModel, Piece, PromptMessage } from "./language-model.ts";
import { TokensSpent } from "./metered-model.ts";
import type { RunGuard } from "./run-guard.ts";
import type { ToolGate, Turn } from "./tool-gate.ts";
import { TOOL_NAME, type ToolDefinition } from "./tools/tool.ts";
import { parseArguments, type ToolCall } from "./tools/tool-call.ts";

/** What the model said before a call and what it says after it are two paragraphs. */
const BREAK = "\n\n";

export interface AgentOptions {
  readonly model: LanguageModel;
  readonly tools: readonly ToolDefinition[];
  /** Makes the calls of a round; the next begins when it is done. */
  readonly gate: ToolGate;
  readonly guard: RunGuard;
  /** What the user has written: it may be said to them. */
  readonly own: readonly string[];
  readonly userId: string;
  /** How often the model is asked; at the last time it may call no tool, so that it has to answer. */
  readonly maxSteps: number;
  /** Steps that were done before. */
  readonly steps: readonly RunStep[];
  /** The round after them, whose calls were not all made. */
  readonly openStep?: OpenStep | undefined;
  /** Text that was given out before, of those steps and after them. */
  readonly said: string;
}

export type Outcome = "answered" | "waiting";

/**
 * The agent's loop: asks the model, does what it asks for, shows it the results and asks again, until it answers. It
 * goes on where an earlier one was interrupted: what is in `steps` is not done again, what is in `said` not said again.
 *
 * @param prompt ends with the message to answer
 * @yields the pieces of the answer that follow on `said`, none of them empty
 * @returns whether that is the whole answer, or the run waits for a call to be approved
 * @throws ModelFailure, TokensSpent, or the signal's reason when aborted
 */
export async function* answerWithTools(
  prompt: readonly PromptMessage[],
  options: AgentOptions,
  signal: AbortSignal,
): AsyncGenerator<string, Outcome, undefined> {
  const { model, tools, gate, guard, own, userId, maxSteps } = options;
  const messages = [...prompt, ...options.steps.flatMap(asMessages)];
  let { text: prefix, lead } = unfinished(options);
  let turn: Turn | undefined = options.openStep;
  for (let number = options.steps.length + 1; ; number++) {
    if (turn === undefined) {
      const mayCall = number < maxSteps;
      const calls: ToolCall[] = [];
      let text = prefix;
      const request = { userId, messages, prefix, tools, mayCall };
      for await (const said of visible(model.answer(request, signal), guard.openFilter(own), calls)) {
        if (lead !== "") yield lead;
        lead = "";
        text += said;
        yield said;
      }
      if (calls.length === 0 || !mayCall) return "answered";
      turn = { text, calls, results: [] };
    }
    const step = await gate.perform(turn, number, signal);
    if (step === undefined) return "waiting";
    turn = undefined;
    messages.push(...asMessages(step));
    if (step.text !== "") lead = BREAK;
    prefix = "";
  }
}

/** @returns the text that may be said, no piece of it empty; what the model wants called goes to `calls` */
async function* visible(pieces: AsyncIterable<Piece>, filter: OutputFilter, calls: ToolCall[]) {
  let spent: TokensSpent | undefined;
  try {
    for await (const piece of pieces) {
      if ("call" in piece) calls.push(piece.call);
      else {
        const text = filter.push(piece.text);
        if (text !== "") yield text;
      }
    }
  } catch (error) {
    if (!(error instanceof TokensSpent)) throw error;
    spent = error;
  }
  const rest = filter.end();
  if (rest !== "") yield rest;
  if (spent) throw spent;
}

/** @returns what was said before the end of these steps */
export function saidIn(steps: readonly Pick<RunStep, "text">[]): string {
  return steps.flatMap(({ text }) => text || []).join(BREAK);
}

/**
 * @returns `text`: what was said since the last round, which only a model can go on with that continues an answer;
 *   `lead`: what has to be said before the next text
 */
export function unfinished({ steps, openStep, said }: Pick<AgentOptions, "steps" | "openStep" | "said">) {
  const before = saidIn([...steps, ...(openStep ? [openStep] : [])]);
  const rest = said.slice(before.length);
  if (before === "") return { text: rest, lead: "" };
  return { text: rest.slice(BREAK.length), lead: rest === "" ? BREAK : "" };
}

function asMessages({ text, calls, results }: RunStep): PromptMessage[] {
  const shown = calls.map(asWellFormed);
  const tool_calls = shown.map(({ id, name, arguments: args }) => ({
    ...{ id, type: "function" as const, function: { name, arguments: args } },
  }));
  return [
    { role: "assistant", content: text || null, tool_calls },
    ...shown.map(({ id }, index) => ({
      ...{ role: "tool" as const, tool_call_id: id, content: results[index] ?? "" },
    })),
  ];
}

/** Models' servers refuse a conversation with a call that has no form; what was wrong with it, its result says. */
function asWellFormed({ id, name, arguments: args }: ToolCall, index: number): ToolCall {
  return {
    id: id || `call_${index}`,
    name: TOOL_NAME.test(name) ? name : "unknown",
    arguments: parseArguments(args) === undefined ? "{}" : args || "{}",
  };
}
