import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createLines } from "./lines.ts";

/** What is asked for in a line, as it begins; each goes on until it is let go. */
function observed() {
  const inLine = createLines();
  const begun: string[] = [];
  const going = new Map<string, PromiseWithResolvers<string>>();
  const ask = (key: string, name: string) =>
    inLine(key, () => {
      begun.push(name);
      const act = Promise.withResolvers<string>();
      going.set(name, act);
      return act.promise;
    });
  return { ask, begun, going };
}

describe("lines", () => {
  it("do one thing of a key after the other, as they came, and let other keys go ahead", async () => {
    const { ask, begun, going } = observed();
    const answers = ["a1", "a2", "a3", "b1"].map((name) => ask(name.slice(0, 1), name));
    await turn();
    expect(begun).toEqual(["a1", "b1"]);
    going.get("a1")?.resolve("done");
    expect(await answers[0]).toBe("done");
    await turn();
    expect(begun).toEqual(["a1", "b1", "a2"]);
    going.get("a2")?.resolve("done");
    await turn();
    expect(begun.at(-1)).toBe("a3");
  });

  it("go on behind what fails, and tell who asked for it only", async () => {
    const { ask, begun, going } = observed();
    const [failing, next] = [ask("a", "a1"), ask("a", "a2")];
    await turn();
    going.get("a1")?.reject(new Error("planted"));
    await expect(failing).rejects.toThrow("planted");
    await turn();
    expect(begun).toEqual(["a1", "a2"]);
    going.get("a2")?.resolve("done");
    expect(await next).toBe("done");
    // Also what throws before it gives a promise.
    const inLine = createLines();
    const thrown = inLine("a", () => {
      throw new Error("at once");
    });
    await expect(thrown).rejects.toThrow("at once");
    expect(await inLine("a", async () => "done")).toBe("done");
  });

  it("keep nothing of a key for which nothing is under way", async () => {
    const ends = new Map<string, Promise<void>>();
    const inLine = createLines(ends);
    const act = (count: number) =>
      inLine(`${count % 10}`, async () => {
        if (count % 3 === 0) throw new Error("planted");
      });
    const done = Promise.allSettled(Array.from({ length: 100 }, (_, count) => act(count)));
    expect(ends.size).toBe(10);
    await done;
    await turn();
    expect(ends.size).toBe(0);
  });
});
