import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheDir } from "../instance.ts";
import { deployStack } from "../pulumi/deploy-stack.ts";
import { fromCaller, imageConfig, readPublishedImages } from "../release/published-images.ts";
import { createToolchain } from "../toolchain/index.ts";
import { runSteps, type Step } from "../ui/steps.ts";

interface DeployOptions {
  readonly stack: string;
  readonly images: string;
  /** File for the stack's outputs that are no secrets, as JSON. */
  readonly output?: string;
  readonly signal: AbortSignal;
}

/** Deploys published images by digest to a stack, judged by the policy packs. */
export async function deploy({ stack, images: file, output, signal }: DeployOptions): Promise<void> {
  const config = imageConfig(await readPublishedImages(file));
  const step: Step = {
    title: `Deployment of ${stack}`,
    run: async (ctx) => {
      const pulumi = await createToolchain().ensure("pulumi", ctx);
      const { outputs, summary } = await deployStack({ stack, pulumi, config }, ctx);
      if (output !== undefined) await writeFile(fromCaller(output), `${JSON.stringify(outputs, null, 2)}\n`);
      return summary;
    },
  };
  await runSteps([step], { logFile: join(cacheDir(), "logs", "deploy.log"), signal });
}
