import type { AuditLog } from "@mobile-ai-agent/audit-log";
import type { ConversationStore, RunLog, TokenBudget, UserEvents } from "@mobile-ai-agent/conversation-store";
import type { GuardPolicy } from "@mobile-ai-agent/guard";
import type { Logger } from "@mobile-ai-agent/service-kit";
import type { CancelWatch } from "./cancel-watch.ts";
import type { LanguageModel } from "./language-model.ts";
import type { OpenRunTools } from "./run-tools.ts";
import type { TokenMetrics } from "./token-metrics.ts";
import type { ApprovalPolicy } from "./tools/classify.ts";

interface Parts {
  readonly runs: ConversationStore["runs"];
  readonly messages: ConversationStore["messages"];
  readonly approvals: ConversationStore["approvals"];
  readonly budget: TokenBudget;
  readonly events: UserEvents;
  readonly log: RunLog;
}

/**
 * What a run may ask of databases. Its record has every question and every answer of these, and a run has no other: what
 * one takes must be JSON (dates are, one way), and so must be what it gives.
 */
export const ASKED = {
  runs: ["get", "progressOf", "setStatus", "fail", "addStep", "park", "taint", "isSessionTainted"],
  messages: ["answerTo", "isAnswering", "history", "addAnswer"],
  approvals: ["get", "request", "decide", "claim", "undecidedOf", "consume"],
  budget: ["reserve", "settle", "usedByRun", "recover", "today"],
  events: ["publish"],
  log: ["append", "bounds"],
} as const satisfies { readonly [Name in keyof Parts]: readonly (keyof Parts[Name])[] };

export type PartName = keyof Parts;
/** The part of a store that runs work with. */
export type Asked<Name extends PartName> = Pick<
  Parts[Name],
  Extract<(typeof ASKED)[Name][number], keyof Parts[Name]>
>;

/** All that enters a run from outside: what is not here is not in its record, and its replay would differ. */
export interface RunDependencies {
  readonly store: {
    readonly runs: Asked<"runs">;
    readonly messages: Asked<"messages">;
    readonly approvals: Asked<"approvals">;
  };
  readonly runLog: Asked<"log"> & Pick<RunLog, "read">;
  readonly openTools: OpenRunTools;
  readonly model: LanguageModel;
  /** Whether the model can go on with an answer that was begun. */
  readonly modelContinues: boolean;
  readonly cancels: Pick<CancelWatch, "watch">;
  readonly guardPolicy: GuardPolicy;
  readonly approvalPolicy: ApprovalPolicy;
  readonly events: Asked<"events">;
  readonly budget: Asked<"budget">;
  readonly tokenMetrics: TokenMetrics;
  readonly limits: {
    readonly maxSteps: number;
    readonly maxSeconds: number;
    readonly maxAnswerTokens: number;
    readonly maxRunTokens: number;
  };
  /** @returns milliseconds since 1970 */
  readonly now: () => number;
  /** @returns a signal that is aborted after so many milliseconds */
  readonly timeLimit: (ms: number) => AbortSignal;
  readonly audit: Pick<AuditLog, "record" | "store">;
  readonly logger: Logger;
}
