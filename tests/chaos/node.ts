import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { eventually } from "@mobile-ai-agent/test-support";

const START_MS = 60_000;

export interface NodeOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Of 127.0.0.1, where it takes connections once it is up. */
  readonly port: number;
}

/** One process of the platform, as a pod is: it may die at any moment, and another takes its place. */
export interface Node {
  readonly name: string;
  readonly port: number;
  /** Kills it as a machine does that loses power. */
  kill(): Promise<void>;
  /** Puts a new process in its place, and waits until that one takes connections. */
  start(): Promise<void>;
}

export async function startNode(options: NodeOptions): Promise<Node> {
  const { name, command, args, env, port } = options;
  let child: ChildProcess | undefined;
  let output = "";
  const killWithParent = () => child?.kill("SIGKILL");

  async function kill(): Promise<void> {
    process.off("exit", killWithParent);
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }

  async function start(): Promise<void> {
    const started = spawn(command, args, {
      env: { PATH: process.env.PATH, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    child = started;
    process.once("exit", killWithParent);
    let failure: Error | undefined;
    started.once("error", (error) => {
      failure = error;
    });
    for (const stream of [started.stdout, started.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        output = (output + chunk).slice(-4000);
      });
    }
    const up = async () => {
      if (failure) return true;
      if (started.exitCode === null) return await accepts(port);
      failure = new Error(`${name} ended with ${started.exitCode}:\n${output}`);
      return true;
    };
    await eventually(up, { timeoutMs: START_MS });
    if (failure) throw failure;
  }

  await start();
  return { name, port, kill, start };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
