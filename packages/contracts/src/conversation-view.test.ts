import { describe, expect, it } from "vitest";
import { EMPTY_VIEW, shownMessages, takeChanges } from "./conversation-view.ts";
import type { Change } from "./http/changes.ts";
import type { Message } from "./http/messages.ts";

function said(sequence: number, part: Partial<Message> = {}): Message {
  return {
    id: `message-${sequence}`,
    session_id: "session",
    sequence,
    role: "user",
    type: "text",
    content: `${sequence}`,
    run_id: `run-${sequence}`,
    created_at: "2026-01-01T00:00:00.000Z",
    ...part,
  };
}
const message = (sequence: number, part?: Partial<Message>): Change => {
  return { kind: "message", sequence, message: said(sequence, part) };
};
const answer = (sequence: number, to: number) => {
  return message(sequence, { role: "assistant", run_id: `run-${to}`, content: `to ${to}` });
};
const edit = (sequence: number, from: number): Change => {
  return { kind: "edit", sequence, from, message: said(sequence) };
};
const again = (sequence: number, from: number): Change => {
  return { kind: "regeneration", sequence, from, message_id: `message-${from}`, run_id: `run-${sequence}` };
};
const shown = (...changes: Change[]) =>
  shownMessages(takeChanges(EMPTY_VIEW, changes))
    .map(({ content }) => content)
    .join();

describe("what a session shows", () => {
  it.each([
    ["messages and answers as they come", [message(1), answer(2, 1), message(3)], "1,to 1,3"],
    ["an edit in the place of what followed", [message(1), answer(2, 1), message(3), edit(4, 1)], "4"],
    [
      "the answer to a message before the edited one",
      [message(1), message(2), answer(3, 1), edit(4, 2)],
      "1,to 1,4",
    ],
    ["another answer", [message(1), answer(2, 1), again(3, 1), answer(4, 3)], "1,to 3"],
    [
      "nothing of an answer that comes too late",
      [message(1), again(2, 1), answer(3, 1), answer(4, 2)],
      "1,to 2",
    ],
    ["what was written after the other answer", [message(1), message(2), again(3, 1), message(4)], "1,4"],
    ["what an edit of an edit leaves", [message(1), message(2), edit(3, 2), edit(4, 3)], "1,4"],
    [
      "a cut as the edit that it was",
      [message(1), { kind: "gone", sequence: 2 }, { kind: "cut", sequence: 3, from: 1 }, message(4)],
      "4",
    ],
  ] as [string, Change[], string][])("is %s", (_, changes, expected) => {
    expect(shown(...changes)).toBe(expected);
  });

  it("is nothing of a deleted message and its answers, nor of a deleted answer", () => {
    const deletion = (sequence: number, of: number): Change => {
      return { kind: "deletion", sequence, message_id: `message-${of}` };
    };
    expect(shown(message(1), answer(2, 1), message(3), deletion(4, 1))).toBe("3");
    expect(shown(message(1), answer(2, 1), message(3), deletion(4, 2))).toBe("1,3");
  });
});

describe("taking changes", () => {
  const log = [message(1), answer(2, 1), message(3), edit(4, 3), answer(5, 4)];
  const whole = takeChanges(EMPTY_VIEW, log);

  it("comes to the same in any order, however often each comes", () => {
    const backwards = log.toReversed().reduce((view, change) => takeChanges(view, [change]), EMPTY_VIEW);
    expect(backwards).toEqual(whole);
    expect(takeChanges(takeChanges(whole, log), log.slice(2))).toBe(whole);
    expect(whole).toMatchObject({ upTo: 5, ahead: [] });
  });

  it("waits for what is missing, and shows what came ahead of it", () => {
    const view = takeChanges(EMPTY_VIEW, [message(1), message(3)]);
    expect(view).toMatchObject({ upTo: 1, ahead: [{ sequence: 3 }] });
    expect(shownMessages(view).map(({ content }) => content)).toEqual(["1", "3"]);
    expect(takeChanges(view, [answer(2, 1)])).toMatchObject({ upTo: 3, ahead: [] });
  });
});
