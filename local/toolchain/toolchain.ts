import { copyFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { cacheDir } from "../instance.ts";
import type { StepContext } from "../progress.ts";
import { createBuildQueue } from "./build-queue.ts";
import { type CacheEntry, cacheKey, findCached, storeInCache, withScratch } from "./cache.ts";
import { ChecksumMismatch, createDownloader, type Downloader } from "./sources/download.ts";
import { goBuild, goModuleFolder, moduleDirectory } from "./sources/go-module.ts";
import { findInstalled } from "./sources/path.ts";
import { TOOLS, type Tool, type ToolName } from "./tools.ts";

export interface Toolchain {
  /**
   * Finds the tool in the cache or on PATH, else downloads the official release, else builds it from its pinned Go
   * module. Calls for several tools may overlap; a tool is obtained once.
   *
   * @returns the absolute path of the executable, of exactly the pinned version
   * @throws CommandFailure saying what is missing, or with the end of the failed build's output
   */
  ensure(tool: ToolName, ctx: StepContext): Promise<string>;
  /** @returns the path of the VerticalPodAutoscaler's CustomResourceDefinitions (YAML), as its Go module has them. */
  vpaResourceDefinitions(ctx: StepContext): Promise<string>;
  /** @returns the folder with the Gateway API's CustomResourceDefinitions (YAML) of the release that Traefik is made for. */
  gatewayResourceDefinitions(ctx: StepContext): Promise<string>;
}

const VPA_MODULE = "k8s.io/autoscaler/vertical-pod-autoscaler";
const GATEWAY_MODULE = "sigs.k8s.io/gateway-api";
const VPA_DEFINITIONS = "vpa-v1-crd-gen.yaml";
const NAMES = Object.keys(TOOLS) as ToolName[];

export function createToolchain(): Toolchain {
  const root = join(cacheDir(), "tools");
  const downloader = createDownloader();
  const builds = createBuildQueue();
  const obtained = new Map<ToolName, Promise<string>>();

  async function obtain(name: ToolName, ctx: StepContext): Promise<string> {
    const tool = TOOLS[name];
    const entry = await cacheEntry(root, name, tool);
    const cached = await findCached(entry);
    if (cached) return cached;
    return builds.run({
      order: NAMES.indexOf(name),
      search: findElsewhere({ name, tool, entry, root, downloader }, ctx),
      build: async () => (await findCached(entry)) ?? (await buildModule(root, name, ctx)),
    });
  }

  return {
    ensure(name, ctx) {
      const known = obtained.get(name);
      if (known) return known;
      const promise = obtain(name, ctx);
      obtained.set(name, promise);
      // What failed may be tried again, after a fix.
      promise.catch(() => obtained.delete(name));
      return promise;
    },

    async vpaResourceDefinitions(ctx) {
      const entry = {
        ...(await cacheEntry(root, "vpa-definitions", TOOLS["vpa-recommender"])),
        file: VPA_DEFINITIONS,
      };
      const cached = await findCached(entry);
      if (cached) return cached;
      const folder = await goModuleFolder(TOOLS["vpa-recommender"].module, VPA_MODULE, ctx);
      return withScratch(root, async (scratch) => {
        const copy = join(scratch, VPA_DEFINITIONS);
        await copyFile(join(folder, "deploy", VPA_DEFINITIONS), copy);
        return storeInCache(entry, copy, 0o644);
      });
    },

    async gatewayResourceDefinitions(ctx) {
      const folder = await goModuleFolder(TOOLS.traefik.module, GATEWAY_MODULE, ctx);
      return join(folder, "config", "crd", "standard");
    },
  };
}

async function cacheEntry(root: string, name: string, tool: Tool): Promise<CacheEntry> {
  const key = await cacheKey(moduleDirectory(tool.module), `${tool.package} ${tool.ldflags}`);
  return { directory: join(root, name, `${tool.version}-${key}`), file: name };
}

async function findElsewhere(
  wanted: { name: ToolName; tool: Tool; entry: CacheEntry; root: string; downloader: Downloader },
  ctx: StepContext,
): Promise<string | undefined> {
  const { name, tool, entry, root, downloader } = wanted;
  const installed = await findInstalled(name, tool, { signal: ctx.signal });
  if (installed) return installed;
  const release = officialRelease(tool);
  if (!release) return undefined;
  const part = join(cacheDir(), "downloads", `${name}-${tool.version}.part`);
  try {
    if (!(await downloader.fetchVerified({ ...release, file: part }, ctx))) return undefined;
  } catch (error) {
    if (!(error instanceof ChecksumMismatch)) throw error;
    // The sources are pinned by checksums of their own, which this host has no say in.
    ctx.report(`${error.message}; building ${name} from its sources instead`);
    return undefined;
  }
  const { member } = release;
  return withScratch(root, async (scratch) => {
    const executable = join(scratch, member ?? name);
    if (member) await execa("tar", ["-xzf", part, "-C", scratch, member], { cancelSignal: ctx.signal });
    else await rename(part, executable);
    await rm(part, { force: true });
    return storeInCache(entry, executable, 0o755);
  });
}

function officialRelease(tool: Tool) {
  const { platform: os, arch } = process;
  if ((os !== "linux" && os !== "darwin") || (arch !== "x64" && arch !== "arm64")) return undefined;
  return tool.release?.(os, arch === "x64" ? "amd64" : "arm64");
}

/** Builds every tool of the module that the cache lacks: they share most packages, and are wanted together. */
async function buildModule(root: string, wanted: ToolName, ctx: StepContext): Promise<string> {
  const { module, ldflags } = TOOLS[wanted];
  const missing: { name: ToolName; entry: CacheEntry }[] = [];
  for (const name of NAMES.filter((name) => TOOLS[name].module === module)) {
    const entry = await cacheEntry(root, name, TOOLS[name]);
    if (!(await findCached(entry))) missing.push({ name, entry });
  }
  return withScratch(root, async (output) => {
    const packages = missing.map(({ name }) => TOOLS[name].package);
    const label = missing.map(({ name }) => name).join(", ");
    const built = await goBuild({ module, packages, ldflags, output, label }, ctx);
    let path: string | undefined;
    for (const [index, { name, entry }] of missing.entries()) {
      const stored = await storeInCache(entry, built[index] as string, 0o755);
      if (name === wanted) path = stored;
    }
    return path as string;
  });
}
