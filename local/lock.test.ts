import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withLock } from "./lock.ts";
import { isAlive, processIdentity } from "./process-identity.ts";

describe("lock", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "lock-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("refuses a second holder and names the first", async () => {
    const file = join(folder, "lock");
    await withLock(file, "npm run up", async () => {
      await expect(withLock(file, "npm run down", async () => {})).rejects.toThrow(
        `\`npm run up\` is running (process ${process.pid})`,
      );
    });
  });

  it("is gone after the work, also when the work failed", async () => {
    const file = join(folder, "lock");
    await expect(withLock(file, "npm run up", () => Promise.reject(new Error("broken")))).rejects.toThrow(
      "broken",
    );
    await expect(stat(file)).rejects.toThrow("ENOENT");
  });

  it("is taken over from a process that was killed, even when its id is in use again", async () => {
    const file = join(folder, "lock");
    await writeFile(file, JSON.stringify({ command: "npm run up", pid: process.pid, startTime: "1" }));
    await withLock(file, "npm run up", async () => {
      expect(JSON.parse(await readFile(file, "utf8"))).toMatchObject(processIdentity(process.pid));
    });
  });
});

describe("process identity", () => {
  it("knows the living from another with the same id", () => {
    expect(isAlive(processIdentity(process.pid))).toBe(true);
    expect(isAlive({ pid: process.pid, startTime: "1" })).toBe(false);
  });
});
