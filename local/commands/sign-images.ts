import { join } from "node:path";
import { cacheDir } from "../instance.ts";
import { fromCaller, readPublishedImages } from "../release/published-images.ts";
import { signImages } from "../release/signatures.ts";
import { runSteps, type Step } from "../ui/steps.ts";

/** Signs published images and attests what is in them. */
export async function sign(options: { images: string; sbom: string; signal: AbortSignal }): Promise<void> {
  const images = await readPublishedImages(options.images);
  const step: Step = {
    title: "Signatures",
    run: async (ctx) => {
      await signImages(images, fromCaller(options.sbom), ctx);
      return `${Object.keys(images).length} images signed and attested`;
    },
  };
  await runSteps([step], { logFile: join(cacheDir(), "logs", "sign-images.log"), signal: options.signal });
}
