import { type Image, tagOf } from "../images/index.ts";
import type { StepContext } from "../progress.ts";
import type { Toolchain } from "../toolchain/index.ts";

/** Images that are one executable of the toolchain. */
const EXECUTABLES = ["ferretdb", "traefik", "vpa-recommender"] as const;
const isExecutable = (name: string): name is (typeof EXECUTABLES)[number] =>
  EXECUTABLES.some((executable) => executable === name);

/** @returns what goes into a service's image besides this repository's own code. */
export async function serviceImageInputs(
  name: string,
  sources: { toolchain: Toolchain; model: () => Promise<string> },
  ctx: StepContext,
): Promise<{ binary?: string; model?: string }> {
  if (isExecutable(name)) {
    ctx.report(`awaiting the executable of ${name}`);
    return { binary: await sources.toolchain.ensure(name, ctx) };
  }
  if (name === "llm-server") {
    ctx.report("awaiting the language model");
    return { model: await sources.model() };
  }
  return {};
}

/** @returns the tag of each image, by its name. */
export function imageTags(images: readonly Image[]): Record<string, string> {
  return Object.fromEntries(images.map((image) => [image.name, tagOf(image)]));
}
