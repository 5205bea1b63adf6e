import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, openSync } from "node:fs";
import { mkdir, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isAlive, type ProcessIdentity, processIdentity } from "../process-identity.ts";
import { CommandFailure } from "../ui/failure.ts";

/** A process that outlives the command which started it. */
export interface Daemon {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

interface DaemonRecord extends ProcessIdentity {
  /** Tells whether a running daemon is the one that is wanted now. */
  readonly fingerprint: string;
}

export interface DaemonPlace {
  /** Folder of the records, one JSON file a daemon. */
  readonly run: string;
  readonly logDir: string;
}

export function fingerprint(...parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}

/** Starts a daemon in a session of its own, with its output in `logDir/<name>.log`. */
export async function startDaemon(daemon: Daemon, place: DaemonPlace, mark: string): Promise<number> {
  await mkdir(place.run, { recursive: true, mode: 0o700 });
  await mkdir(place.logDir, { recursive: true, mode: 0o700 });
  const log = openSync(join(place.logDir, `${daemon.name}.log`), "a", 0o600);
  try {
    const child = spawn(daemon.command, daemon.args, {
      detached: true,
      stdio: ["ignore", log, log],
      cwd: "/",
    });
    const pid = await new Promise<number>((resolve, reject) => {
      child.once("error", (cause) =>
        reject(new CommandFailure(`${daemon.name} can't be started`, { cause })),
      );
      child.once("spawn", () => resolve(child.pid as number));
    });
    child.unref();
    const record: DaemonRecord = { ...processIdentity(pid), fingerprint: mark };
    await writeFile(join(place.run, `${daemon.name}.json`), JSON.stringify(record), { mode: 0o600 });
    return pid;
  } finally {
    closeSync(log);
  }
}

export async function findDaemon(name: string, { run }: DaemonPlace): Promise<DaemonRecord | undefined> {
  const text = await readFile(join(run, `${name}.json`), "utf8").catch(() => "");
  return text ? JSON.parse(text) : undefined;
}

/** @returns every daemon ever started there and whether it still runs. */
export async function listDaemons(place: DaemonPlace): Promise<{ name: string; alive: boolean }[]> {
  const files = await readdir(place.run).catch(() => []);
  const names = files.filter((file) => file.endsWith(".json")).map((file) => file.slice(0, -".json".length));
  return Promise.all(
    names.sort().map(async (name) => {
      const record = await findDaemon(name, place);
      return { name, alive: record !== undefined && isAlive(record) };
    }),
  );
}

/** Ends a daemon, asking first, and forgets it. */
export async function stopDaemon(name: string, place: DaemonPlace, graceMs = 5_000): Promise<void> {
  const record = await findDaemon(name, place);
  if (record && isAlive(record)) {
    signalProcess(record.pid, "SIGTERM");
    if (!(await waitUntil(() => !isAlive(record), graceMs))) {
      signalProcess(record.pid, "SIGKILL");
      await waitUntil(() => !isAlive(record), 10_000);
    }
  }
  await rm(join(place.run, `${name}.json`), { force: true });
}

/** @returns the last lines of a daemon's log, for an error message. */
export async function logTail(name: string, { logDir }: DaemonPlace, bytes = 1500): Promise<string> {
  const handle = await open(join(logDir, `${name}.log`)).catch(() => undefined);
  if (!handle) return "";
  try {
    const { size } = await handle.stat();
    const { buffer, bytesRead } = await handle.read({
      buffer: Buffer.alloc(bytes),
      position: Math.max(0, size - bytes),
    });
    return buffer.subarray(0, bytesRead).toString("utf8").trim();
  } finally {
    await handle.close();
  }
}

/** Polls a cheap local condition. @returns whether it came true in time. */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  limitMs: number,
  signal?: AbortSignal,
): Promise<boolean> {
  for (const end = Date.now() + limitMs; ; ) {
    signal?.throwIfAborted();
    if (await condition()) return true;
    if (Date.now() >= end) return false;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
