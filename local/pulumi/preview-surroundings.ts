import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { PUBLISHED_IMAGES } from "../images/catalog.ts";
import type { Instance } from "../instance.ts";
import type { StepContext } from "../progress.ts";
import { REPOSITORY } from "../repository.ts";
import type { Toolchain } from "../toolchain/index.ts";
import { CommandFailure } from "../ui/failure.ts";
import { type Decided, decidedBy, PROJECT } from "./stack-settings.ts";

/** What a preview needs of a machine and an account that it doesn't have. */
export interface Surroundings {
  readonly decided: Decided;
  /** Folders of the policy packs that the stack is judged by. */
  readonly packs: string[];
}

const pack = (name: string) => join(REPOSITORY, "policies", name);

/** @param options.committed text of the stack's file, which tells what it stands on */
export async function inventSurroundings(
  options: {
    readonly committed: string;
    readonly root: string;
    readonly instance: Instance;
    readonly toolchain: Toolchain;
  },
  ctx: StepContext,
): Promise<Surroundings> {
  const { committed, root, instance, toolchain } = options;
  const { config = {} } = parse(committed) as {
    config?: Record<string, Record<string, unknown> | undefined>;
  };
  if (config[`${PROJECT}:cluster`]?.kind === "eks") {
    const decided = {
      ...inventSecrets(config),
      imageDigests: { ...inventDigests(), ...config[`${PROJECT}:imageDigests`] },
      definitionsFolder: await collectDefinitions(join(root, "definitions"), toolchain, ctx),
    };
    return { decided, packs: [pack("kubernetes"), pack("aws")] };
  }
  await writeFile(instance.kubeconfig, NO_CLUSTER, { mode: 0o600 });
  const machine = { kubeconfig: instance.kubeconfig, imageRegistry: "localhost/mobile-ai-agent" };
  return { decided: decidedBy(machine), packs: [pack("kubernetes")] };
}

/** Of the form that the program asks for, at addresses that nobody has. */
const INVENTED: Readonly<Record<string, string>> = { uri: "mongodb://agent:invented@database.invalid/agent" };

/**
 * Secrets in a stack's file are encrypted with a key that a preview does not have.
 *
 * @returns the keys that have such values, with invented ones in their place
 */
export function inventSecrets(config: Readonly<Record<string, unknown>>): Decided {
  const replace = (value: unknown, key: string): unknown => {
    if (typeof value !== "object" || value === null) return value;
    if ("secure" in value) return INVENTED[key] ?? "invented";
    if (Array.isArray(value)) return value.map((item) => replace(item, key));
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, replace(item, name)]));
  };
  const secret = Object.entries(config).filter(([, value]) => JSON.stringify(value).includes('"secure":'));
  return Object.fromEntries(
    secret.map(([key, value]) => {
      const name = key.slice(key.indexOf(":") + 1);
      return [name, replace(value, name)];
    }),
  );
}

/** Digests are known once images are pushed; a preview is about everything else. */
function inventDigests(): Record<string, string> {
  const digest = (name: string) => `sha256:${createHash("sha256").update(name).digest("hex")}`;
  return Object.fromEntries(PUBLISHED_IMAGES.map((name) => [name, digest(name)]));
}

/**
 * Copies the definitions that the program reads, from the Go modules that the toolchain builds from.
 *
 * @returns the folder, or undefined without Go: the program then downloads them itself
 */
export async function collectDefinitions(
  folder: string,
  toolchain: Toolchain,
  ctx: StepContext,
): Promise<string | undefined> {
  try {
    const gateway = await toolchain.gatewayResourceDefinitions(ctx);
    const files = (await readdir(gateway)).map((name) => join(gateway, name));
    files.push(await toolchain.vpaResourceDefinitions(ctx));
    await mkdir(folder, { recursive: true });
    for (const file of files) await copyFile(file, join(folder, file.slice(file.lastIndexOf("/") + 1)));
    return folder;
  } catch (error) {
    if (error instanceof CommandFailure) return undefined;
    throw error;
  }
}

/** Context of nowhere: a preview asks no API server, and must not ask the one that the person happens to have. */
const NO_CLUSTER = JSON.stringify({
  apiVersion: "v1",
  kind: "Config",
  clusters: [{ name: "none", cluster: { server: "https://127.0.0.1:1" } }],
  users: [{ name: "none", user: {} }],
  contexts: [{ name: "none", context: { cluster: "none", user: "none" } }],
  "current-context": "none",
});
