import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheDir } from "../instance.ts";
import type { StepContext } from "../progress.ts";
import { formatDump } from "../pulumi/dump.ts";
import { type Preview, previewStack } from "../pulumi/preview.ts";
import { fromCaller } from "../release/published-images.ts";
import { REPOSITORY } from "../repository.ts";
import { createToolchain } from "../toolchain/index.ts";
import { CommandFailure } from "../ui/failure.ts";
import { runSteps } from "../ui/steps.ts";

const WRONG_USE = 2;

/**
 * Shows what a new stack would make, and judges it by the policy packs.
 *
 * @param options.dump path of a file to write every resource to, as it is given to the engine
 * @throws CommandFailure when a mandatory rule refuses a resource.
 */
export async function preview(options: { stack: string; dump?: string; signal: AbortSignal }): Promise<void> {
  const { stack, dump, signal } = options;
  const stacks = await committedStacks();
  if (!stacks.includes(stack)) {
    throw new CommandFailure(`there is no stack "${stack}": choose --stack ${stacks.join(" or ")}`, {
      exitCode: WRONG_USE,
    });
  }
  let result: Preview | undefined;
  const step = {
    title: "Preview",
    run: async (ctx: StepContext) => {
      result = await previewStack(stack, { toolchain: createToolchain() }, ctx);
      return describeChanges(result.changes);
    },
  };
  await runSteps([step], { logFile: join(cacheDir(), "logs", "preview.log"), signal });
  if (!result) return;
  if (dump) await writeFile(fromCaller(dump), formatDump(result.resources));
  judge(result);
}

/** @returns the stacks with a file in the repository. */
async function committedStacks(): Promise<string[]> {
  const files = await readdir(REPOSITORY);
  return files.flatMap((file) => /^Pulumi\.([a-z0-9-]+)\.yaml$/.exec(file)?.[1] ?? []).sort();
}

/** @returns `63 to create` */
function describeChanges(changes: Preview["changes"]): string {
  const counted = Object.entries(changes).filter(([op, count]) => op !== "same" && count > 0);
  return counted.map(([op, count]) => `${count} to ${op}`).join(", ") || "no changes";
}

function judge({ violations, packs }: Preview): void {
  for (const { rule, mandatory, message, rationale } of violations) {
    process.stdout.write(`${mandatory ? "refused" : "advice"} ${rule}: ${message}\n  why: ${rationale}\n`);
  }
  const refused = violations.filter(({ mandatory }) => mandatory).length;
  const advised = violations.length - refused;
  process.stdout.write(`${packs.join(", ")}: ${refused} refused, ${advised} advised\n`);
  if (refused > 0)
    throw new CommandFailure(`the policies refuse ${refused} properties of the stack: see above`);
}
