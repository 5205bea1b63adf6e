import { describe, expect, it } from "vitest";
import { Handover } from "./handover.ts";

const never = new AbortController().signal;

describe("Handover", () => {
  it("gives what was made to everyone who waits", async () => {
    const handover = new Handover<string>();
    const waiting = [handover.value({ signal: never }), handover.value({ signal: never })];
    await handover.from(Promise.resolve("made"));
    expect(await Promise.all(waiting)).toEqual(["made", "made"]);
  });

  it("passes the maker's failure on", async () => {
    const handover = new Handover<string>();
    await expect(handover.from(Promise.reject(new Error("no room")))).rejects.toThrow("no room");
    await expect(handover.value({ signal: never })).rejects.toThrow("no room");
  });

  it("lets go of those who wait when the maker never comes to it", async () => {
    const stop = new AbortController();
    const waiting = new Handover<string>().value(stop);
    stop.abort(new Error("another step failed"));
    await expect(waiting).rejects.toThrow("another step failed");
  });
});
