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

/** Keys of the program, and what they are in this run. */
export type Decided = Readonly<Record<string, unknown>>;

/** @returns the machine's part of stack `local`. */
export function decidedBy({ kubeconfig, context, ...others }: MachineConfig): Decided {
  return { cluster: { kind: "existing", kubeconfig, ...(context && { context }) }, ...others };
}

/**
 * @param committed text of the repository's `Pulumi.<stack>.yaml`
 * @param previous text of the file that the last run used, whose encryption salt the stack's secrets depend on
 * @returns text of the file for this run
 */
export function composeStackSettings(
  committed: string,
  previous: string | undefined,
  decided: Decided,
): string {
  const added = Object.entries(decided)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => [`${PROJECT}:${key}`, value]);
  const salt = (parse(previous ?? "") as { encryptionsalt?: string } | null)?.encryptionsalt;
  const { config } = parse(committed) as { config?: Record<string, unknown> };
  return stringify({
    ...(salt && { encryptionsalt: salt }),
    config: { ...config, ...Object.fromEntries(added) },
  });
}

/** Writes a stack's settings for this run into the engine's work folder. */
export async function writeStackSettings(workDir: string, stack: string, decided: Decided): Promise<void> {
  const name = `Pulumi.${stack}.yaml`;
  const committed = await readFile(join(REPOSITORY, name), "utf8");
  const previous = await readFile(join(workDir, name), "utf8").catch(() => undefined);
  await writeFile(join(workDir, name), composeStackSettings(committed, previous, decided), { mode: 0o600 });
}
