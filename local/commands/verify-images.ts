import { join } from "node:path";
import { cacheDir } from "../instance.ts";
import { readPublishedImages } from "../release/published-images.ts";
import { verifyImages } from "../release/signatures.ts";
import { runSteps, type Step } from "../ui/steps.ts";

/** Checks who has signed published images. */
export async function verify(options: {
  images: string;
  identity: string;
  issuer: string;
  signal: AbortSignal;
}): Promise<void> {
  const images = await readPublishedImages(options.images);
  const step: Step = {
    title: "Signatures",
    run: async (ctx) => {
      await verifyImages(images, options, ctx);
      return `${Object.keys(images).length} images are signed by ${options.identity}`;
    },
  };
  await runSteps([step], { logFile: join(cacheDir(), "logs", "verify-images.log"), signal: options.signal });
}
