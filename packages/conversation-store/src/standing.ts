import type { MessageDocument } from "./message-documents.ts";

/** What of an entry about another one has to be known. */
export type Control = Pick<MessageDocument, "sequence" | "change" | "target" | "from" | "run_id">;
export const CONTROL = { sequence: 1, change: 1, target: 1, from: 1, run_id: 1 } as const;

type Said = Pick<MessageDocument, "_id" | "sequence" | "role" | "asked" | "erased">;

/** Which entries of a session count, as of one of them. */
export interface Standing {
  /** Whether a message is shown: not superseded, not deleted. */
  isCurrent(entry: Said): boolean;
  /** Whether the run that began with an entry of a person's still is the one that answers. */
  isAnswering(entry: Pick<MessageDocument, "sequence">): boolean;
  /** The run that answers a message by now. */
  runOf(message: Pick<MessageDocument, "_id" | "run_id">): string;
}

/**
 * An edit supersedes whatever a person did from the message on, a regeneration what they did behind it. An answer goes
 * by its run alone, for it may stand behind messages that have nothing to do with it: a run is superseded with the
 * entry that began it, and by another run for the same message. What is superseded never comes back.
 *
 * @param controls all edits, regenerations and deletions of a session up to one entry, in any order
 */
export function standingOf(controls: readonly Control[]): Standing {
  const cuts: { from: number; to: number; keepsFirst: boolean }[] = [];
  const deleted = new Set<string>();
  const deletedQuestions = new Set<number>();
  const questionOf = new Map<number, number>();
  const latest = new Map<string, Control>();
  for (const control of controls) {
    const { sequence, change, target = "", from } = control;
    if (change === "deletion") {
      deleted.add(target);
      if (from !== undefined) deletedQuestions.add(from);
      continue;
    }
    cuts.push({ from: from ?? sequence, to: sequence, keepsFirst: change === "regeneration" });
    if (change !== "regeneration") continue;
    questionOf.set(sequence, from ?? sequence);
    if ((latest.get(target)?.sequence ?? 0) < sequence) latest.set(target, control);
  }

  const isAnswering = ({ sequence }: { sequence: number }) =>
    !cuts.some(({ from, to }) => from <= sequence && sequence < to) &&
    !deletedQuestions.has(questionOf.get(sequence) ?? sequence);

  return {
    isAnswering,
    isCurrent({ _id, sequence, role, asked = sequence, erased }) {
      if (erased || deleted.has(_id)) return false;
      if (role === "assistant") return isAnswering({ sequence: asked });
      return !cuts.some(
        ({ from, to, keepsFirst }) => from <= sequence && sequence < to && !(keepsFirst && from === sequence),
      );
    },
    runOf: ({ _id, run_id }) => latest.get(_id)?.run_id ?? run_id,
  };
}
