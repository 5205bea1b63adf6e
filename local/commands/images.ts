import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type PublishedImage, publishImages } from "../deployment/publish-images.ts";
import { listContents, PUBLISHED_IMAGES } from "../images/index.ts";
import { cacheDir } from "../instance.ts";
import type { StepContext } from "../progress.ts";
import { fromCaller } from "../release/published-images.ts";
import { createToolchain } from "../toolchain/index.ts";
import { CommandFailure } from "../ui/failure.ts";
import { runSteps } from "../ui/steps.ts";

const WRONG_USE = 2;

interface ImagesOptions {
  readonly registry?: string;
  readonly only?: readonly string[];
  /** File for `{ "<name>": { "reference", "tag", "digest" } }`, the digest only of what was pushed. */
  readonly output?: string;
  /** Folder for `<name>.cdx.json`. */
  readonly sbom?: string;
  readonly signal: AbortSignal;
}

/**
 * Builds the images that the program deploys; where asked to, pushes them and lists what is in them.
 *
 * @throws CommandFailure naming what failed, its cause and the log.
 */
export async function images(options: ImagesOptions): Promise<void> {
  const { registry, output, sbom, signal } = options;
  const names = chooseImages(options.only);
  const toolchain = createToolchain();
  let published: PublishedImage[] = [];

  async function publish(ctx: StepContext): Promise<string> {
    published = await publishImages({ toolchain, registry, names }, ctx);
    if (sbom === undefined) return `${published.length} ${registry ? "pushed" : "built"}`;
    const syft = await toolchain.ensure("syft", ctx);
    const options = { syft, folder: fromCaller(sbom) };
    for (const { image, tag } of published) await listContents({ ...image, tag }, options, ctx);
    return `${published.length} ${registry ? "pushed" : "built"} and listed`;
  }

  const logFile = join(cacheDir(), "logs", "images.log");
  await runSteps([{ title: "Images", run: publish }], { logFile, signal });
  for (const { reference } of published) process.stdout.write(`${reference}\n`);
  if (output !== undefined) await writeReport(fromCaller(output), published);
}

function chooseImages(only: readonly string[] = PUBLISHED_IMAGES): readonly string[] {
  const unknown = only.filter((name) => !PUBLISHED_IMAGES.includes(name));
  if (unknown.length === 0) return only;
  throw new CommandFailure(`no image ${unknown.join(", ")}: choose from ${PUBLISHED_IMAGES.join(", ")}`, {
    exitCode: WRONG_USE,
  });
}

async function writeReport(file: string, published: readonly PublishedImage[]): Promise<void> {
  const report = Object.fromEntries(published.map(({ image, ...facts }) => [image.name, facts]));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
}
