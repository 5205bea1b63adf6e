import { join } from "node:path";
import { cacheDir } from "../instance.ts";
import { type Preview, previewLocal } from "../pulumi/preview.ts";
import { createToolchain } from "../toolchain/index.ts";
import { CommandFailure } from "../ui/failure.ts";
import { runSteps } from "../ui/steps.ts";

const WRONG_USE = 2;

/**
 * Shows what a new stack would make, and judges it by the policy packs.
 *
 * @throws CommandFailure when a mandatory rule refuses a resource.
 */
export async function preview(options: { stack: string; signal: AbortSignal }): Promise<void> {
  const { stack, signal } = options;
  if (stack !== "local") {
    throw new CommandFailure(`stack "${stack}" does not exist yet: preview the only one, --stack local`, {
      exitCode: WRONG_USE,
    });
  }
  let result: Preview | undefined;
  const step = {
    title: "Preview",
    run: async (ctx: Parameters<typeof previewLocal>[1]) => {
      result = await previewLocal(await createToolchain().ensure("pulumi", ctx), ctx);
      return describeChanges(result.changes);
    },
  };
  await runSteps([step], { logFile: join(cacheDir(), "logs", "preview.log"), signal });
  if (result) judge(result);
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
