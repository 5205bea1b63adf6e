import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runSteps } from "./steps.ts";

let folder: string;
let logFile: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "steps-"));
  logFile = join(folder, "logs/up.log");
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const untilStopped = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

describe("runSteps", () => {
  it("logs what every step reports and gives", async () => {
    const step = {
      title: "Images",
      run: async ({ report }: { report: (line: string) => void }) => {
        report("building");
        return "8 images";
      },
    };
    await runSteps([step], { logFile, signal: new AbortController().signal });
    const log = await readFile(logFile, "utf8");
    expect(log).toMatch(/Images: building\n.*Images: done, 8 images\n/);
  });

  it("stops the others at the first failure, waits until they have ended, and names cause and log", async () => {
    let ended = false;
    const failing = { title: "Cluster", run: () => Promise.reject(new Error("no room")) };
    const waiting = {
      title: "Deployment",
      run: async ({ signal }: { signal: AbortSignal }) => {
        await untilStopped(signal).catch(() => new Promise((resolve) => setTimeout(resolve, 50)));
        ended = true;
        signal.throwIfAborted();
        return undefined;
      },
    };
    const run = runSteps([waiting, failing], { logFile, signal: new AbortController().signal });
    await expect(run).rejects.toThrow(`Cluster failed: no room\nlog: ${logFile}`);
    expect(ended).toBe(true);
  });

  it("ends with the interrupt's reason", async () => {
    const interrupt = new AbortController();
    const step = { title: "Wait", run: ({ signal }: { signal: AbortSignal }) => untilStopped(signal) };
    const run = runSteps([step], { logFile, signal: interrupt.signal });
    interrupt.abort(new Error("stopped by hand"));
    await expect(run).rejects.toThrow("stopped by hand");
  });
});
