import { createHash } from "node:crypto";
import { startRegistry } from "@mobile-ai-agent/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createToolchain } from "../toolchain/index.ts";
import { imageDigests, type PublishedImage, publishImages } from "./publish-images.ts";

const ctx = { report: () => {}, signal: new AbortController().signal };
const MANIFEST =
  "application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json";

let registry: Awaited<ReturnType<typeof startRegistry>>;
let published: PublishedImage[];

const publish = (target?: string) =>
  publishImages({ toolchain: createToolchain(), registry: target, names: ["redis", "api-gateway"] }, ctx);
const read = (path: string) =>
  fetch(`http://${registry.host}/v2/agent/${path}`, { headers: { accept: MANIFEST } });

describe("images in a real registry", { timeout: 300_000 }, () => {
  beforeAll(async () => {
    registry = await startRegistry();
    published = await publish(`${registry.host}/agent/`);
  }, 600_000);
  afterAll(() => registry?.stop());

  it("are there under the digest that was returned, which is that of the manifest's bytes", async () => {
    expect(published.map(({ image }) => image.name)).toEqual(["redis", "api-gateway"]);
    for (const { image, tag, digest, reference } of published) {
      expect(reference).toBe(`${registry.host}/agent/${image.name}@${digest}`);
      const byTag = await read(`${image.name}/manifests/${tag}`);
      expect(byTag.headers.get("docker-content-digest")).toBe(digest);
      const manifest = Buffer.from(await (await read(`${image.name}/manifests/${digest}`)).arrayBuffer());
      expect(`sha256:${createHash("sha256").update(manifest).digest("hex")}`).toBe(digest);
      for (const { digest: layer, size } of JSON.parse(manifest.toString()).layers) {
        const blob = await fetch(`http://${registry.host}/v2/agent/${image.name}/blobs/${layer}`, {
          method: "HEAD",
        });
        expect(blob.headers.get("content-length")).toBe(`${size}`);
      }
    }
  });

  it("keep their digest when they are pushed again", async () => {
    expect(imageDigests(await publish(`${registry.host}/agent`))).toEqual(imageDigests(published));
  });

  it("have no digest as long as no registry has them", async () => {
    const built = await publish();
    expect(imageDigests(built)).toEqual({});
    expect(built[0]?.reference).toBe(`localhost/mobile-ai-agent/redis:${published[0]?.tag}`);
  });
});
