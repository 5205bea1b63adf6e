import type { Message } from "@mobile-ai-agent/contracts";
import type { OutboxItem } from "../outbox/outbox-item.ts";
import type { AskedApproval } from "./approvals.ts";
import { unanswered } from "./messages.ts";
import type { RunState } from "./run-follower.ts";

/** What a conversation shows, from top to bottom; `key` stays the same while a thing changes its form. */
export type TimelineEntry =
  | { readonly kind: "message"; readonly key: string; readonly message: Message }
  | { readonly kind: "pending"; readonly key: string; readonly item: OutboxItem }
  | { readonly kind: "answer"; readonly key: string; readonly run: RunState; readonly question: Message }
  | {
      readonly kind: "approval";
      readonly key: string;
      readonly approval: AskedApproval;
      /** Whether the answer that wanted it is over. */
      readonly hasRunEnded: boolean;
    };

/** The stored messages, the answers under way, what they wait for, then what waits to be sent: nothing twice. */
export function timelineOf(
  messages: readonly Message[],
  items: readonly OutboxItem[],
  runs: ReadonlyMap<string, RunState>,
  approvals: readonly AskedApproval[] = [],
): readonly TimelineEntry[] {
  const stored = messages.map((message): TimelineEntry => {
    return { kind: "message", key: keyOf(message), message };
  });
  const answers = unanswered(messages).flatMap((question): TimelineEntry[] => {
    const run = runs.get(question.run_id);
    // Whole and without text: its answer was deleted, or is about to be read.
    const isShown = run && (run.status !== "completed" || run.text !== "");
    return isShown ? [{ kind: "answer", key: answerKey(run.runId), run, question }] : [];
  });
  const sent = new Set(messages.map(({ client_message_id }) => client_message_id));
  const pending = items
    .filter(({ clientMessageId }) => !sent.has(clientMessageId))
    .map((item): TimelineEntry => ({ kind: "pending", key: item.clientMessageId, item }));
  const asked = approvals.map((approval): TimelineEntry => {
    const run = runs.get(approval.run_id);
    const isStored = messages.some(({ role, run_id }) => role === "assistant" && run_id === approval.run_id);
    const hasRunEnded = isStored || (run !== undefined && run.status !== "running");
    return { kind: "approval", key: `approval.${approval.id}`, approval, hasRunEnded };
  });
  return [...stored, ...answers, ...asked, ...pending];
}

function keyOf({ id, role, run_id, client_message_id }: Message): string {
  return role === "assistant" ? answerKey(run_id) : (client_message_id ?? id);
}

const answerKey = (runId: string) => `answer.${runId}`;
