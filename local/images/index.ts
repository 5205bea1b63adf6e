import { join } from "node:path";
import { cacheDir } from "../instance.ts";
import type { StepContext } from "../progress.ts";
import { findArchive, keepNewest } from "./archives.ts";
import { withBuildah } from "./buildah.ts";
import { CLUSTER_IMAGES, type ImageInputs, PUBLISHED_IMAGES, SERVICE_IMAGES, SERVICES } from "./catalog.ts";
import { openFileHashes } from "./file-hashes.ts";
import { planBinary, planPrometheus, planRedis, planService, type Recipe } from "./recipes.ts";

export { listContents } from "./contents.ts";
export { CLUSTER_IMAGES, PUBLISHED_IMAGES, SERVICE_IMAGES };

export interface Image {
  readonly name: string;
  /** `localhost/mobile-ai-agent/<name>:<16 hex digits of the content's hash>` */
  readonly reference: string;
  /** Docker archive that `ctr images import` and `buildah pull docker-archive:` take. */
  readonly archive: string;
}

/**
 * Builds an image, or finds it in the cache when the same content was built before.
 *
 * @param name one of SERVICE_IMAGES or CLUSTER_IMAGES
 * @param inputs `binary`: the static executable of ferretdb or a cluster image; `model`: GGUF file for llm-server
 * @throws when an input is missing, or a tool fails, with the tail of its output.
 */
export async function buildImage(name: string, inputs: ImageInputs, ctx: StepContext): Promise<Image> {
  const folder = join(cacheDir(), "images");
  const hashes = await openFileHashes(folder);
  const recipe = await plan(name, inputs, { folder, hashes, ctx });
  const reference = `localhost/mobile-ai-agent/${name}:${recipe.hash}`;
  const archive = join(folder, `${name}-${recipe.hash}.tar`);
  if (!(await findArchive(archive))) {
    await withBuildah(ctx, async (buildah) => {
      ctx.report(`building image ${name}`);
      await recipe.build(buildah, reference);
      await buildah.save(reference, archive);
    });
    await keepNewest(folder, name);
  }
  return { name, reference, archive };
}

/**
 * @param registry where to push, e.g. ghcr.io/you/mobile-ai-agent; credentials as `docker login` leaves them
 * @returns the digest by which the registry knows the image: `sha256:` and 64 hex digits
 */
export async function pushImage(image: Image, registry: string, ctx: StepContext): Promise<string> {
  const target = `${registry}/${image.name}:${tagOf(image)}`;
  return await withBuildah(ctx, async (buildah) => {
    ctx.report(`pushing ${target}`);
    await buildah.load(image.archive);
    return await buildah.push(image.reference, target);
  });
}

/** Behind the last colon, since a registry may have a port. */
export function tagOf({ reference }: Image): string {
  return reference.slice(reference.lastIndexOf(":") + 1);
}

async function plan(
  name: string,
  inputs: ImageInputs,
  context: Parameters<typeof planRedis>[0],
): Promise<Recipe> {
  if ((SERVICES as readonly string[]).includes(name)) return planService(name, inputs, context);
  if (name === "redis") return planRedis(context);
  if (name === "prometheus") return planPrometheus(context);
  if (![...SERVICE_IMAGES, ...CLUSTER_IMAGES].includes(name)) throw new Error(`there is no image "${name}"`);
  return planBinary(name, inputs, context);
}
