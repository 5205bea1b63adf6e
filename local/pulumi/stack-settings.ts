import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { REPOSITORY } from "../repository.ts";

export const PROJECT = "mobile-ai-agent";
export const STACK = "local";

/** What this machine decides; everything else is in the repository's `Pulumi.local.yaml`. */
export interface MachineConfig {
  readonly kubeconfig: string;
  readonly context?: string;
  readonly imageRegistry: string;
  readonly imageTags?: Readonly<Record<string, string>>;
  readonly imageDigests?: Readonly<Record<string, string>>;
  readonly httpsPort?: number;
}

/**
 * @param committed text of the repository's `Pulumi.local.yaml`
 * @param previous text of the file that the last run used, whose encryption salt the stack's secrets depend on
 * @returns text of the file for this run
 */
export function composeStackSettings(
  committed: string,
  previous: string | undefined,
  machine: MachineConfig,
): string {
  const { kubeconfig, context, imageRegistry, imageTags, imageDigests, httpsPort } = machine;
  const settings = { kubeconfig, context, imageRegistry, imageTags, imageDigests, httpsPort };
  const decided = Object.entries(settings).filter(([, value]) => value !== undefined);
  const salt = (parse(previous ?? "") as { encryptionsalt?: string } | null)?.encryptionsalt;
  const { config } = parse(committed) as { config?: Record<string, unknown> };
  return stringify({
    ...(salt && { encryptionsalt: salt }),
    config: { ...config, ...Object.fromEntries(decided.map(([key, value]) => [`${PROJECT}:${key}`, value])) },
  });
}

/** Writes the stack's settings for this run into the engine's work folder. */
export async function writeStackSettings(workDir: string, machine: MachineConfig): Promise<void> {
  const name = `Pulumi.${STACK}.yaml`;
  const committed = await readFile(join(REPOSITORY, name), "utf8");
  const previous = await readFile(join(workDir, name), "utf8").catch(() => undefined);
  await writeFile(join(workDir, name), composeStackSettings(committed, previous, machine), { mode: 0o600 });
}
