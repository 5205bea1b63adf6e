import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { startRegistry } from "@mobile-ai-agent/test-support";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { REPOSITORY } from "../repository.ts";

const NAMES = ["redis", "auth-service"];
const MANIFEST =
  "application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json";

type Report = Record<string, { reference: string; tag: string; digest?: string }>;

let registry: Awaited<ReturnType<typeof startRegistry>>;
let folder: string;
let pushed: Report;

/** The command as people run it. */
async function images(...options: string[]): Promise<Report> {
  const tools = process.env.SYFT_BINARY ? `${dirname(process.env.SYFT_BINARY)}:` : "";
  await execa(
    process.execPath,
    [join(REPOSITORY, "local/main.ts"), "images", "--only", ...NAMES, "--output", "images.json", ...options],
    { env: { PATH: `${tools}${process.env.PATH}`, INIT_CWD: folder } },
  );
  return JSON.parse(await readFile(join(folder, "images.json"), "utf8"));
}

const get = (path: string, init?: RequestInit) =>
  fetch(`http://${registry.host}/v2/agent/${path}`, { ...init, headers: { accept: MANIFEST } });

describe("npm run images", { timeout: 300_000 }, () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "images-"));
    registry = await startRegistry();
    pushed = await images("--registry", `${registry.host}/agent/`, "--sbom", "contents");
  }, 900_000);
  afterAll(async () => {
    await registry?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it("pushes images that the registry has under the digest in the report, whole", async () => {
    expect(Object.keys(pushed)).toEqual(NAMES);
    for (const [name, { reference, tag, digest }] of Object.entries(pushed)) {
      expect(reference).toBe(`${registry.host}/agent/${name}@${digest}`);
      expect((await get(`${name}/manifests/${tag}`)).headers.get("docker-content-digest")).toBe(digest);
      const manifest = Buffer.from(await (await get(`${name}/manifests/${digest}`)).arrayBuffer());
      expect(`sha256:${createHash("sha256").update(manifest).digest("hex")}`).toBe(digest);
      const { layers } = JSON.parse(manifest.toString());
      for (const layer of layers) {
        const blob = await get(`${name}/blobs/${layer.digest}`, { method: "HEAD" });
        expect(blob.headers.get("content-length")).toBe(`${layer.size}`);
      }
    }
  });

  it("gives the same digests when it pushes them again", async () => {
    expect(await images("--registry", `${registry.host}/agent`)).toEqual(pushed);
  });

  it("gives no digest to what no registry has", async () => {
    const { redis } = await images();
    const tag = pushed.redis?.tag;
    expect(redis).toEqual({ reference: `localhost/mobile-ai-agent/redis:${tag}`, tag });
  });

  it("lists the Debian packages, the native modules, what is in the bundle, and Node", async () => {
    const text = await readFile(join(folder, "contents/auth-service.cdx.json"), "utf8");
    const { bomFormat, specVersion, components } = JSON.parse(text);
    expect([bomFormat, specVersion]).toEqual(["CycloneDX", "1.6"]);
    const names: string[] = components.map(({ purl = "" }) => purl.split(/[@?]\d/)[0]);
    expect(names).toEqual(
      expect.arrayContaining([
        ...["pkg:deb/debian/libc6", "pkg:npm/express", "pkg:npm/jsonwebtoken"],
        ...[
          "pkg:npm/%40node-rs/argon2",
          `pkg:npm/%40node-rs/argon2-linux-${process.arch}-gnu`,
          "pkg:generic/node",
        ],
      ]),
    );
    expect(components).toContainEqual(expect.objectContaining({ type: "operating-system", name: "debian" }));
    expect(names).not.toContain("pkg:npm/vitest");
  });
});
