import { copyFile, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { createToolchain } from "../../local/toolchain/index.ts";
import { type Resource, runProduction } from "./production.ts";

/** cert-manager brings its own kinds, as an add-on of EKS. */
const UNDEFINED_HERE = /^kubernetes:cert-manager\.io\//;

/** @returns every Kubernetes object of production as a provider sends it, with the definitions of their projects. */
export async function productionObjects(): Promise<Resource["inputs"][]> {
  const folder = await mkdtemp(join(tmpdir(), "definitions-"));
  try {
    const context = { signal: AbortSignal.timeout(60_000), report() {} };
    const toolchain = createToolchain();
    const gateway = await toolchain.gatewayResourceDefinitions(context);
    const files = (await readdir(gateway)).map((name) => join(gateway, name));
    for (const file of [...files, await toolchain.vpaResourceDefinitions(context)])
      await copyFile(file, join(folder, basename(file)));
    const { resources } = await runProduction({ definitionsFolder: folder });
    return resources
      .filter(({ type }) => type.startsWith("kubernetes:") && !UNDEFINED_HERE.test(type))
      .map(({ inputs }) => reveal(inputs));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @returns the value with secrets in clear. */
function reveal(value: Resource["inputs"]): Resource["inputs"] {
  if (Array.isArray(value)) return value.map(reveal);
  if (typeof value !== "object" || value === null) return value;
  if ("4dabf18193072939515e22adb298388d" in value) return reveal(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, reveal(item)]));
}
