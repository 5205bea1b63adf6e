import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type PublishedImage, publishImages } from "../deployment/publish-images.ts";
import { cacheDir } from "../instance.ts";
import { createToolchain } from "../toolchain/index.ts";
import { runSteps } from "../ui/steps.ts";

/**
 * Builds every image that the program deploys; with a registry, pushes them.
 *
 * @param options `output`: file for `{ "<name>": { "reference", "tag", "digest" } }`, the digest only of what was pushed
 */
export async function images(options: {
  registry?: string;
  output?: string;
  signal: AbortSignal;
}): Promise<void> {
  const { registry, output, signal } = options;
  const toolchain = createToolchain();
  let published: PublishedImage[] = [];
  const step = {
    title: "Images",
    run: async (ctx: Parameters<typeof publishImages>[1]) => {
      published = await publishImages({ toolchain, registry }, ctx);
      return `${published.length} ${registry ? "pushed" : "built"}`;
    },
  };
  await runSteps([step], { logFile: join(cacheDir(), "logs", "images.log"), signal });
  for (const { reference } of published) process.stdout.write(`${reference}\n`);
  if (output) await writeReport(output, published);
}

async function writeReport(output: string, published: readonly PublishedImage[]): Promise<void> {
  const report = Object.fromEntries(published.map(({ image, ...facts }) => [image.name, facts]));
  // npm runs a script in the repository's root, wherever the person stands.
  const file = resolve(process.env.INIT_CWD ?? ".", output);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
}
