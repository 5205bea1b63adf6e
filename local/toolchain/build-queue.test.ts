import { describe, expect, it } from "vitest";
import { createBuildQueue } from "./build-queue.ts";

describe("build queue", () => {
  it("builds one at a time, the lowest order first, though it was asked for last", async () => {
    const queue = createBuildQueue();
    const log: string[] = [];
    const request = (order: number) => ({
      order,
      search: Promise.resolve(undefined),
      build: async () => {
        log.push(`start ${order}`);
        await new Promise(setImmediate);
        log.push(`end ${order}`);
        return `built ${order}`;
      },
    });
    const results = await Promise.all([request(3), request(2), request(1)].map(queue.run));
    expect(results).toEqual(["built 3", "built 2", "built 1"]);
    expect(log).toEqual(["start 1", "end 1", "start 2", "end 2", "start 3", "end 3"]);
  });

  it("lets a search of lower order say first whether it needs a build", async () => {
    const queue = createBuildQueue();
    const log: number[] = [];
    const search = Promise.withResolvers<undefined>();
    const build = async (order: number) => log.push(order);
    const first = queue.run({ order: 1, search: search.promise, build: () => build(1) });
    const second = queue.run({ order: 2, search: Promise.resolve(undefined), build: () => build(2) });
    await new Promise(setImmediate);
    search.resolve(undefined);
    await Promise.all([first, second]);
    expect(log).toEqual([1, 2]);
  });

  it("builds nothing that was found", async () => {
    const found = createBuildQueue().run({
      order: 1,
      search: Promise.resolve("/usr/bin/tool"),
      build: () => Promise.reject(new Error("built")),
    });
    expect(await found).toBe("/usr/bin/tool");
  });

  it("goes on after a build or a search that failed", async () => {
    const queue = createBuildQueue();
    const none = () => Promise.resolve(undefined);
    const build = () => Promise.resolve("built");
    const lost = queue.run({ order: 1, search: Promise.reject(new Error("lost")), build });
    const broken = queue.run({ order: 2, search: none(), build: () => Promise.reject(new Error("broken")) });
    const fine = queue.run({ order: 3, search: none(), build });
    await expect(lost).rejects.toThrow("lost");
    await expect(broken).rejects.toThrow("broken");
    expect(await fine).toBe("built");
  });
});
