import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DaemonPlace, listDaemons, logTail, startDaemon, stopDaemon, waitUntil } from "./daemons.ts";

let folder: string;
let place: DaemonPlace;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "daemons-"));
  place = { run: join(folder, "run"), logDir: join(folder, "logs") };
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe("a daemon", () => {
  it("is known until it is stopped", async () => {
    await startDaemon({ name: "sleeper", command: "sleep", args: ["60"] }, place, "");
    expect(await listDaemons(place)).toEqual([{ name: "sleeper", alive: true }]);
    await stopDaemon("sleeper", place);
    expect(await listDaemons(place)).toEqual([]);
  });

  it("that ignores the question is ended all the same", async () => {
    const args = ["-c", "trap '' TERM; echo deaf; while :; do sleep 1; done"];
    const pid = await startDaemon({ name: "deaf", command: "sh", args }, place, "");
    await waitUntil(async () => (await logTail("deaf", place)) === "deaf", 5_000);
    await stopDaemon("deaf", place, 100);
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  });

  it("that ended by itself is seen as dead, with its last words", async () => {
    await startDaemon({ name: "brief", command: "sh", args: ["-c", "echo no room >&2"] }, place, "");
    const ended = async () => (await listDaemons(place)).every(({ alive }) => !alive);
    expect(await waitUntil(ended, 5_000)).toBe(true);
    expect(await logTail("brief", place)).toBe("no room");
  });

  it("whose program is missing is an error", async () => {
    const missing = { name: "missing", command: "/nowhere/daemon", args: [] };
    await expect(startDaemon(missing, place, "")).rejects.toThrow("missing can't be started");
  });
});
