import { expect, it } from "vitest";
import type { RunDependencies } from "../run-dependencies.ts";
import type { Recorder } from "./recorder.ts";
import { recordingOf } from "./recording.ts";

it("parks no run whose record another writes by now: who was taken for dead would undo what is done", async () => {
  const done: string[] = [];
  // A test double of a recorder that lost its place.
  const recorder = {
    exchange: (_op: string, _given: unknown, work: () => Promise<unknown>) => work(),
    flush: () => Promise.reject(new Error("part 3 is there already")),
  } as unknown as Recorder;
  const runs = {
    park: async () => void done.push("parked"),
    setStatus: async () => void done.push("status"),
  };
  const store = { runs, messages: {}, approvals: {} };
  const rest = { events: {}, budget: {}, runLog: {}, model: {}, cancels: {}, audit: { record() {} } };
  const { recording } = recordingOf({ store, ...rest } as unknown as RunDependencies, recorder);
  const park = recording.store.runs.park as () => Promise<void>;
  await expect(park()).rejects.toThrow("part 3 is there already");
  expect(done).toEqual([]);
});
