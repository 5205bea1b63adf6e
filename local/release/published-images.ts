import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { z } from "zod";
import { CommandFailure } from "../ui/failure.ts";

const WRONG_USE = 2;

/** What `npm run images -- --registry REF --output FILE` writes. */
const PublishedImages = z
  .record(
    z.string(),
    z.strictObject({
      reference: z.string(),
      tag: z.string(),
      digest: z.string().regex(/^sha256:[0-9a-f]{64}$/, "no digest, so that it was not pushed"),
    }),
  )
  .refine((images) => Object.keys(images).length > 0, "there is no image in it")
  .refine(
    (images) =>
      Object.entries(images).every(
        ([name, image]) => referenceOf(registryOf(image, name), name, image) === image.reference,
      ),
    "a reference is not <registry>/<name>@<digest>",
  );
export type PublishedImages = z.infer<typeof PublishedImages>;

/** @throws CommandFailure saying what is wrong with the file and how to make one. */
export async function readPublishedImages(file: string): Promise<PublishedImages> {
  const fix = "make it with `npm run images -- --registry REF --output FILE`";
  const text = await readFile(fromCaller(file), "utf8").catch((cause) => {
    throw new CommandFailure(`${file} can't be read: ${fix}`, { exitCode: WRONG_USE, cause });
  });
  const result = PublishedImages.safeParse(parse(text));
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => `  ${path.join(".") || "it"}: ${message}`);
  throw new CommandFailure([`${file} names no images to deploy: ${fix}`, ...faults].join("\n"), {
    exitCode: WRONG_USE,
  });
}

/** @returns the registry that all images are in, and the digest of each by its name: what the program's config takes. */
export function imageConfig(images: PublishedImages): {
  imageRegistry: string;
  imageDigests: Record<string, string>;
} {
  const registries = new Set(Object.entries(images).map(([name, image]) => registryOf(image, name)));
  const [imageRegistry = ""] = registries;
  if (registries.size > 1) {
    throw new CommandFailure(
      `the images are in several registries, but the program takes one: ${[...registries].join(", ")}`,
    );
  }
  return {
    imageRegistry,
    imageDigests: Object.fromEntries(Object.entries(images).map(([name, { digest }]) => [name, digest])),
  };
}

/** npm runs a script in the repository's root, wherever the person stands. */
export const fromCaller = (path: string): string => resolve(process.env.INIT_CWD ?? ".", path);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const registryOf = ({ reference }: { reference: string }, name: string) =>
  reference.slice(0, Math.max(0, reference.lastIndexOf(`/${name}@`)));
const referenceOf = (registry: string, name: string, { digest }: { digest: string }) =>
  `${registry}/${name}@${digest}`;
