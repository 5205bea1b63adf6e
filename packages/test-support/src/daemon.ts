import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "./eventually.ts";

interface DaemonOptions {
  command: string;
  args: string[];
  env?: NodeJS.ProcessEnv;
  port: number;
  /** What to tell a person who lacks the program. */
  ifMissing: string;
}

export interface Daemon {
  /** Ends it, and removes its directory. */
  stop(): Promise<void>;
  /** Lets it hang: it keeps its connections and answers nothing, until `resume`. */
  pause(): void;
  resume(): void;
}

/** A real server as a child process in a directory of its own. */
export async function startDaemon(options: (directory: string) => DaemonOptions): Promise<Daemon> {
  const directory = await mkdtemp(join(tmpdir(), "mobile-ai-agent-test-"));
  const { command, args, env, port, ifMissing } = options(directory);
  const child = spawn(command, args, {
    cwd: directory,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const state: { output: string; failure?: Error } = { output: "" };
  const collect = (chunk: Buffer) => {
    state.output = (state.output + chunk).slice(-4000);
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  child.once("error", (error: NodeJS.ErrnoException) => {
    state.failure = error.code === "ENOENT" ? new Error(`${command} was not found: ${ifMissing}`) : error;
  });
  child.once("exit", (code, signal) => {
    state.failure ??= new Error(`${command} ended with ${signal ?? code}:\n${state.output}`);
  });
  const killWithParent = () => child.kill("SIGKILL");
  process.once("exit", killWithParent);
  const stop = async () => {
    process.off("exit", killWithParent);
    await end(child);
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await eventually(async () => state.failure !== undefined || (await accepts(port)), { timeoutMs: 20_000 });
    if (state.failure) throw state.failure;
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop, pause: () => void child.kill("SIGSTOP"), resume: () => void child.kill("SIGCONT") };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const impatience = setTimeout(() => child.kill("SIGKILL"), 5000);
  await exited;
  clearTimeout(impatience);
}
