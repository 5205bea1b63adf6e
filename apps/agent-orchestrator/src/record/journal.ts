import type { GuardPolicy } from "@mobile-ai-agent/guard";
import type { AnswerEnd, ModelRequest, Piece } from "../language-model.ts";
import type { ASKED, PartName, RunDependencies } from "../run-dependencies.ts";
import type { ApprovalPolicy } from "../tools/classify.ts";

/** What the run asks of the outside. `model` is followed by what it says, then by `model.end`. */
export type Op =
  | { [Name in PartName]: `${Name}.${(typeof ASKED)[Name][number]}` }[PartName]
  | "log.read"
  | "tools.open"
  | "tools.call"
  | "tools.close"
  | "clock"
  | "model"
  | "model.end";

/** What the model was asked: of the messages, those that it was not shown the time before. */
export interface ModelQuestion extends Pick<ModelRequest, "userId" | "prefix" | "mayCall" | "maxTokens"> {
  readonly added: ModelRequest["messages"];
  /** SHA-256 of their definitions. */
  readonly tools: string;
}

/** What the model says, in its order. */
export type Told =
  | { readonly op: "piece"; readonly piece: Piece }
  | { readonly op: "told"; readonly end: AnswerEnd };

export type SignalName = "stop" | "cancelled" | "time";

/** All that a run depends on besides, as JSON. */
export interface Settings extends Pick<RunDependencies, "modelContinues" | "limits"> {
  readonly guardPolicy: GuardPolicy;
  readonly approvalPolicy: { readonly classes: readonly string[]; readonly seconds: number };
}

export function settingsOf({
  modelContinues,
  limits,
  guardPolicy,
  approvalPolicy,
}: RunDependencies): Settings {
  const { classes, seconds } = approvalPolicy;
  return { modelContinues, limits, guardPolicy, approvalPolicy: { classes: [...classes], seconds } };
}

export function approvalPolicyOf({ approvalPolicy }: Settings): ApprovalPolicy {
  const { classes, seconds } = approvalPolicy;
  return { classes: new Set(classes) as ApprovalPolicy["classes"], seconds };
}

/** What was asked is compared on replay, what came of it is given out again. */
export interface Exchange {
  readonly op: Op;
  readonly in?: unknown;
  readonly out?: unknown;
  readonly failed?: { readonly model: boolean; readonly message: string };
  /** Signals that had fired since the exchange before. */
  readonly fired?: readonly SignalName[];
}

/** The journal of a run: attempts one after the other, each from `begin` to `end`, or to where its process was killed. */
export type JournalItem =
  | { readonly op: "begin"; readonly at: string; readonly settings: Settings }
  | Told
  | { readonly op: "end"; readonly failed?: string }
  | Exchange;
