import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cyclonedxEsbuildPlugin } from "@cyclonedx/cyclonedx-esbuild";
import { build } from "esbuild";
import { REPOSITORY } from "../repository.ts";

/** Packages with machine code, or that look for files beside themselves: copied, not bundled. */
const NATIVE = ["@node-rs/argon2", "node-llama-cpp", "sharp", "swagger-ui-dist"];

/** What CommonJS packages expect to find around them. */
const BANNER = [
  'import { createRequire as __createRequire } from "node:module";',
  "const require = __createRequire(import.meta.url);",
  "const __filename = import.meta.filename;",
  "const __dirname = import.meta.dirname;",
].join("\n");

export interface Bundle {
  /** By file name. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Names of the native packages that it imports. */
  readonly native: readonly string[];
  /** Paths of its sources in the repository. */
  readonly inputs: readonly string[];
}

/** The packages in the bundle, in CycloneDX, where scanners look for it: the bundle itself no longer tells. */
const CONTENTS = "main.cdx.json";

/** Bundles `apps/<service>/src/main.ts` into one ES module, with its source map and the list of what is in it. */
export async function bundleService(service: string): Promise<Bundle> {
  const folder = await mkdtemp(join(tmpdir(), "mobile-ai-agent-bundle-"));
  try {
    return await bundleInto(service, join(folder, CONTENTS));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function bundleInto(service: string, contents: string): Promise<Bundle> {
  const result = await build({
    absWorkingDir: REPOSITORY,
    entryPoints: { main: join(REPOSITORY, "apps", service, "src/main.ts") },
    outdir: "out",
    outExtension: { ".js": ".mjs" },
    write: false,
    metafile: true,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node26",
    external: NATIVE,
    banner: { js: BANNER },
    sourcemap: "linked",
    sourcesContent: false,
    legalComments: "none",
    logLevel: "silent",
    plugins: [cyclonedxEsbuildPlugin({ outputFile: contents, outputReproducible: true })],
  });
  const files = new Map<string, Uint8Array>(
    result.outputFiles.map(({ path, contents }) => [path.split("/").at(-1) as string, contents]),
  );
  files.set(CONTENTS, await readFile(contents));
  const imports = Object.values(result.metafile.outputs).flatMap((output) => output.imports);
  const external = imports.filter((item) => item.external).map(({ path }) => path);
  const native = NATIVE.filter((name) => external.some((path) => `${path}/`.startsWith(`${name}/`)));
  return { files, native, inputs: Object.keys(result.metafile.inputs) };
}
