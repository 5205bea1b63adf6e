import { mkdir, open, rm, stat, symlink } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import type { StepContext } from "../progress.ts";
import { installKubernetesPlugin, PLUGIN_VERSION } from "./kubernetes-plugin/install.ts";
import { type EnginePaths, engineEnvironment } from "./workspace.ts";

const NAME = `resource-kubernetes-v${PLUGIN_VERSION}`;
const EXECUTABLE = "pulumi-resource-kubernetes";
const DOWNLOAD_LIMIT_MS = 20_000;

/**
 * Puts the Kubernetes provider where the engine looks for it: the official one that the person has, else the official
 * one from its release page, else ours. The choice is made once: a stack keeps its provider.
 *
 * @param userHome the person's own Pulumi folder
 * @returns whose it is
 */
export async function ensureKubernetesPlugin(
  paths: EnginePaths,
  pulumi: string,
  ctx: StepContext,
  userHome: string = join(homedir(), ".pulumi"),
): Promise<"official" | "ours"> {
  const plugins = join(paths.home, "plugins");
  const folder = join(plugins, NAME);
  const present = await kindOf(folder);
  if (present === "official") return "official";
  if (!present) {
    await mkdir(plugins, { recursive: true });
    if (await adopt(join(userHome, "plugins", NAME), folder)) return "official";
    if (await download(paths, pulumi, ctx)) return "official";
    // A marker of an unfinished download makes the engine pass over the folder.
    for (const rest of [folder, `${folder}.partial`, `${folder}.lock`]) {
      await rm(rest, { recursive: true, force: true });
    }
  }
  await installKubernetesPlugin(paths.home);
  return "ours";
}

/** The official plugin is a binary, ours a script. */
async function kindOf(folder: string): Promise<"official" | "ours" | undefined> {
  const file = await open(join(folder, EXECUTABLE)).catch(() => undefined);
  if (!file) return undefined;
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return buffer.toString() === "#!" ? "ours" : "official";
  } finally {
    await file.close();
  }
}

async function adopt(own: string, folder: string): Promise<boolean> {
  const complete =
    (await kindOf(own)) === "official" && !(await stat(`${own}.partial`).catch(() => undefined));
  if (complete) await symlink(own, folder);
  return complete;
}

async function download(paths: EnginePaths, pulumi: string, ctx: StepContext): Promise<boolean> {
  ctx.report(`downloading the Kubernetes provider ${PLUGIN_VERSION}`);
  const result = await execa(pulumi, ["plugin", "install", "resource", "kubernetes", PLUGIN_VERSION], {
    env: engineEnvironment(paths),
    timeout: DOWNLOAD_LIMIT_MS,
    cancelSignal: ctx.signal,
    reject: false,
  });
  ctx.signal.throwIfAborted();
  return !result.failed;
}
