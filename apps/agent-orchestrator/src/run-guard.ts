import type { AuditLog } from "@mobile-ai-agent/audit-log";
import type { Run } from "@mobile-ai-agent/conversation-store";
import {
  createOutputFilter,
  type GuardPolicy,
  guardText,
  isRedacted,
  type OutputFilter,
  REDACTED,
  type Source,
  STRIPPED,
} from "@mobile-ai-agent/guard";
import type { Logger } from "@mobile-ai-agent/service-kit";

/** The answer to a message that is blocked. */
export const REFUSAL =
  "I can't answer this message: it reads like an attempt to change how I work. Say it in other words, and I will try.";

/** Stands between one run and the model, both ways. */
export interface RunGuard {
  /** @returns what the model may see of a text; undefined when the text is blocked */
  check(text: string, source: Source): string | undefined;
  /** As `check`, for a text whose place can't be empty. */
  read(text: string, source: Source): string;
  /** For one turn of the model. @param own what the user has written */
  openFilter(own: readonly string[]): OutputFilter;
}

/** Findings are logged by rule, and blocked texts are on record; the texts are not. */
export function createRunGuard(
  policy: GuardPolicy,
  { logger, audit, run }: { logger: Logger; audit: Pick<AuditLog, "record">; run: Run },
): RunGuard {
  const { id: runId } = run;
  const check = (text: string, source: Source) => {
    const { action, text: left, findings } = guardText(text, source, policy);
    if (action !== "pass") {
      const rules = findings.map(({ rule, view }) => `${rule} (${view})`);
      logger.warn("the guard found something", { run_id: runId, source, action, rules });
    }
    if (action !== "block") return left;
    audit.record({
      ...{ action: "guard.blocked", actor: { kind: "run", id: runId }, outcome: "denied" },
      subject: { kind: "user", id: run.userId },
      details: { source, rules: findings.map(({ rule }) => rule).join(" ") },
    });
    return undefined;
  };
  return {
    check,
    read: (text, source) => check(text, source) ?? STRIPPED,
    openFilter: (own) => closeOnFailure(() => createOutputFilter(own), logger, runId),
  };
}

/** Whether an answer is not what the model would have said. */
export function isFiltered(answer: string): boolean {
  return isRedacted(answer) || answer.endsWith(REFUSAL);
}

/** A filter that fails lets nothing more through. */
export function closeOnFailure(open: () => OutputFilter, logger: Logger, runId: string): OutputFilter {
  let filter: OutputFilter | undefined;
  let failed = false;
  const attempt = (what: (filter: OutputFilter) => string) => {
    if (failed) return "";
    try {
      filter ??= open();
      return what(filter);
    } catch (error) {
      failed = true;
      logger.error("the output filter failed; the rest of the answer is left out", { run_id: runId, error });
      return REDACTED;
    }
  };
  return {
    push: (piece) => attempt(({ push }) => push(piece)),
    end: () => attempt(({ end }) => end()),
  };
}
