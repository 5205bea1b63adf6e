import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { imageConfig, readPublishedImages } from "./published-images.ts";

const DIGEST = `sha256:${"0a".repeat(32)}`;
const entry = (name: string, registry = "ghcr.io/you/agent", digest: string | undefined = DIGEST) => ({
  [name]: { reference: `${registry}/${name}@${digest}`, tag: "0123456789abcdef", digest },
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "published-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function read(content: unknown) {
  const file = join(folder, "images.json");
  await writeFile(file, typeof content === "string" ? content : JSON.stringify(content));
  return await readPublishedImages(file);
}

it("gives the program its registry and digests", async () => {
  const images = await read({ ...entry("redis"), ...entry("backup") });
  expect(imageConfig(images)).toEqual({
    imageRegistry: "ghcr.io/you/agent",
    imageDigests: { redis: DIGEST, backup: DIGEST },
  });
});

it.each([
  ["not JSON", "{"],
  ["nothing", {}],
  ["an image that was not pushed", { redis: { reference: "localhost/redis:1", tag: "1" } }],
  ["a digest that is cut off", entry("redis", "ghcr.io/you", "sha256:0a")],
  ["a reference by tag", { redis: { ...entry("redis").redis, reference: "ghcr.io/you/redis:1" } }],
  ["a reference to another image", { redis: entry("backup").backup }],
])("refuses %s and says how to make the file", async (_, content) => {
  await expect(read(content)).rejects.toThrow(/names no images to deploy: make it with `npm run images/);
});

it("refuses a file that isn't there, and images of two registries", async () => {
  await expect(readPublishedImages(join(folder, "none.json"))).rejects.toThrow("can't be read");
  const images = await read({ ...entry("redis"), ...entry("backup", "docker.io/you") });
  expect(() => imageConfig(images)).toThrow("ghcr.io/you/agent, docker.io/you");
});
