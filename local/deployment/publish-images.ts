import { buildImage, type Image, pushImage, SERVICE_IMAGES, tagOf } from "../images/index.ts";
import type { StepContext } from "../progress.ts";
import { ensureModel, ensurePackages, type Toolchain } from "../toolchain/index.ts";
import { CommandFailure } from "../ui/failure.ts";
import { serviceImageInputs } from "./service-images.ts";

/** What building and pushing images needs of Debian. */
const IMAGE_PACKAGES = ["buildah", "mmdebstrap", "python3-pip"];

const REGISTRY = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/;
const WRONG_USE = 2;

export interface PublishedImage {
  readonly image: Image;
  /** Where a cluster pulls it from, by digest; of an image that was not pushed, where this machine has it, by tag. */
  readonly reference: string;
  /** 16 hex digits of the content's hash. */
  readonly tag: string;
  /** Of its manifest, as the registry has it; absent when it was not pushed. */
  readonly digest?: string;
}

/**
 * Builds images that the program deploys, or finds them in the cache, and pushes them where a registry is given.
 *
 * @param names some of PUBLISHED_IMAGES; those of every cluster by default
 * @throws CommandFailure when the registry's name can't be one
 */
export async function publishImages(
  options: { toolchain: Toolchain; registry?: string | undefined; names?: readonly string[] },
  ctx: StepContext,
): Promise<PublishedImage[]> {
  const { toolchain, names = SERVICE_IMAGES } = options;
  const registry = options.registry === undefined ? undefined : checkRegistry(options.registry);
  await ensurePackages(ctx, IMAGE_PACKAGES);
  const published: PublishedImage[] = [];
  for (const name of names) {
    const inputs = await serviceImageInputs(name, { toolchain, model: () => ensureModel(ctx) }, ctx);
    const image = await buildImage(name, inputs, ctx);
    const tag = tagOf(image);
    if (registry) {
      const digest = await pushImage(image, registry, ctx);
      published.push({ image, reference: `${registry}/${name}@${digest}`, tag, digest });
    } else published.push({ image, reference: image.reference, tag });
  }
  return published;
}

/** @returns the registry without a slash at its end */
export function checkRegistry(registry: string): string {
  const trimmed = registry.replace(/\/+$/, "");
  if (REGISTRY.test(trimmed)) return trimmed;
  throw new CommandFailure(
    `"${registry}" is no place for images: give host[:port]/path in lower case and without https://, ` +
      "such as ghcr.io/you/mobile-ai-agent",
    { exitCode: WRONG_USE },
  );
}

/** @returns the digest of each image that was pushed, by its name */
export function imageDigests(published: readonly PublishedImage[]): Record<string, string> {
  return Object.fromEntries(
    published.flatMap(({ image, digest }) => (digest === undefined ? [] : [[image.name, digest]])),
  );
}
