import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import type { OpMap, OutputMap } from "@pulumi/pulumi/automation/index.js";
import type { Instance } from "../instance.ts";
import type { StepContext } from "../progress.ts";
import { CommandFailure, lastLines } from "../ui/failure.ts";
import { type UpdateWatcher, watchUpdate } from "./engine-events.ts";
import { ensureKubernetesPlugin } from "./provider-plugin.ts";
import { decidedBy, type MachineConfig, STACK, writeStackSettings } from "./stack-settings.ts";
import { openStack, prepareEngine, recoverStack } from "./workspace.ts";

export interface DeployOptions extends MachineConfig {
  /** Path of the engine's executable. */
  readonly pulumi: string;
}

export interface Deployment {
  readonly outputs: { readonly namespace: string; readonly url: string; readonly caCertificate: string };
  /** Number of resources that were created, updated, replaced or deleted. */
  readonly changes: number;
  /** `42 created, 1 updated` or `0 changes` */
  readonly summary: string;
}

/** Obtains the Kubernetes provider, which may take a while; `deploy` would do it too, but when all else waits for it. */
export async function prepareDeployment(instance: Instance, pulumi: string, ctx: StepContext): Promise<void> {
  await ensureKubernetesPlugin(await prepareEngine(instance, pulumi), pulumi, ctx);
}

/**
 * `pulumi up` of stack `local` with the program in `infra/`. Safe to repeat and after a crash.
 *
 * @throws CommandFailure with each failed resource and the reason; the engine's output is in `pulumi.log`.
 */
export async function deploy(
  instance: Instance,
  options: DeployOptions,
  ctx: StepContext,
): Promise<Deployment> {
  const { pulumi, ...machine } = options;
  ctx.report("loading the program");
  const paths = await prepareEngine(instance, pulumi);
  await ensureKubernetesPlugin(paths, pulumi, ctx);
  await writeStackSettings(paths.work, STACK, decidedBy(machine));
  const { default: program } = await import("../../infra/index.ts");
  const stack = await openStack(paths, STACK, async () => ({ ...(await program()) }));
  if (await recoverStack(stack, paths)) ctx.report("clearing what an interrupted update left");
  ctx.signal.throwIfAborted();

  const watcher = watchUpdate(ctx.report);
  const result = await explained(instance, "update", watcher, ctx, (onOutput) =>
    stack.up({
      onEvent: watcher.onEvent,
      onOutput,
      signal: ctx.signal,
      color: "never",
      suppressProgress: true,
    }),
  );
  return { outputs: readOutputs(result.outputs), ...countChanges(result.summary.resourceChanges) };
}

/** `pulumi destroy` of stack `local`: removes everything that `deploy` made in the cluster, and the stack. */
export async function destroy(
  instance: Instance,
  options: { pulumi: string },
  ctx: StepContext,
): Promise<void> {
  const paths = await prepareEngine(instance, options.pulumi);
  await ensureKubernetesPlugin(paths, options.pulumi, ctx);
  const stack = await openStack(paths, STACK, async () => ({}));
  await recoverStack(stack, paths);
  ctx.signal.throwIfAborted();
  const watcher = watchUpdate(ctx.report);
  await explained(instance, "removal", watcher, ctx, (onOutput) =>
    stack.destroy({ onEvent: watcher.onEvent, onOutput, signal: ctx.signal, color: "never" }),
  );
  await stack.workspace.removeStack(stack.name);
}

/** Runs an operation of the engine; its output goes to the log, its failure to the person without the rest. */
async function explained<T>(
  instance: Instance,
  operation: string,
  watcher: UpdateWatcher,
  ctx: StepContext,
  run: (onOutput: (text: string) => void) => Promise<T>,
): Promise<T> {
  const log = join(instance.logDir, "pulumi.log");
  let written = appendFile(log, `\n== ${operation} ${new Date().toISOString()}\n`, { mode: 0o600 });
  try {
    return await run((text) => {
      written = written.then(() => appendFile(log, text));
    });
  } catch (cause) {
    ctx.signal.throwIfAborted();
    const failures = watcher.failures();
    if (failures.length === 0) failures.push(reasonOf(cause));
    const paragraphs = failures.map((line) => `  ${line}`).join("\n");
    throw new CommandFailure(`the ${operation} failed:\n${paragraphs}\nfull output: ${log}`);
  } finally {
    await written;
  }
}

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return lastLines(text, 8, "\n    ");
}

function readOutputs(outputs: OutputMap): Deployment["outputs"] {
  const read = (name: string): string => {
    const value: unknown = outputs[name]?.value;
    if (typeof value !== "string") throw new CommandFailure(`the program in infra/ gave no output "${name}"`);
    return value;
  };
  return { namespace: read("namespace"), url: read("url"), caCertificate: read("caCertificate") };
}

const WORDS: Partial<Record<keyof OpMap, string>> = {
  create: "created",
  update: "updated",
  replace: "replaced",
  delete: "deleted",
};

/** @param changes the engine's counts by operation, as in `{ create: 42, same: 3 }` */
export function countChanges(changes: OpMap = {}): { changes: number; summary: string } {
  const counted = Object.entries(WORDS).map(([op, word]) => [changes[op as keyof OpMap] ?? 0, word] as const);
  const total = counted.reduce((sum, [count]) => sum + count, 0);
  const parts = counted.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  return { changes: total, summary: parts.join(", ") || "0 changes" };
}
