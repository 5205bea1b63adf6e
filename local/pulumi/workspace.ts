import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  LocalWorkspace,
  type ProjectSettings,
  PulumiCommand,
  type PulumiFn,
  type Stack,
} from "@pulumi/pulumi/automation/index.js";
import { parse } from "yaml";
import type { Instance } from "../instance.ts";
import { REPOSITORY } from "../repository.ts";
import { PROJECT } from "./stack-settings.ts";

/** Where the engine keeps an instance's work: nothing of it is in the repository or the user's home. */
export interface EnginePaths {
  readonly work: string;
  readonly home: string;
  readonly backend: string;
  readonly engine: string;
  readonly passphrase: string;
}

/** Makes the folders, the launcher and, the first time, the passphrase that encrypts the stack's secrets. */
export async function prepareEngine(instance: Instance, pulumi: string): Promise<EnginePaths> {
  const base = join(instance.stateDir, "pulumi");
  const paths = {
    work: join(base, "work"),
    home: join(base, "home"),
    backend: join(base, "backend"),
    engine: join(base, "engine"),
    passphrase: join(base, "passphrase"),
  };
  for (const folder of [
    base,
    paths.work,
    paths.home,
    paths.backend,
    join(paths.engine, "bin"),
    instance.logDir,
  ]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  }
  await writeFile(paths.passphrase, randomBytes(32).toString("base64url"), { flag: "wx", mode: 0o600 }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    },
  );
  await writeFile(join(paths.engine, "bin", "pulumi"), launcher(pulumi), { mode: 0o700 });
  return paths;
}

/**
 * In a session of its own the engine doesn't get the terminal's Ctrl-C beside the one that we pass on: a second
 * interrupt makes it stop at once and leave operations pending.
 */
function launcher(pulumi: string): string {
  const binary = `'${pulumi.replaceAll("'", `'\\''`)}'`;
  return `#!/bin/sh\ncommand -v setsid >/dev/null && exec setsid ${binary} "$@"\nexec ${binary} "$@"\n`;
}

/** @returns the stack of that name, which is made when there is none. */
export async function openStack(paths: EnginePaths, stackName: string, program: PulumiFn): Promise<Stack> {
  const settings = parse(await readFile(join(REPOSITORY, "Pulumi.yaml"), "utf8")) as ProjectSettings;
  const command = await PulumiCommand.get({ root: paths.engine });
  return await LocalWorkspace.createOrSelectStack(
    { stackName, projectName: PROJECT, program },
    {
      workDir: paths.work,
      pulumiHome: paths.home,
      pulumiCommand: command,
      // The program comes from this process: neither `main` nor options of a language host are of use.
      projectSettings: { name: PROJECT, runtime: "nodejs", description: settings.description },
      envVars: engineEnvironment(paths),
    },
  );
}

export function engineEnvironment(paths: EnginePaths): Record<string, string> {
  const env: Record<string, string | undefined> = {
    PULUMI_BACKEND_URL: pathToFileURL(paths.backend).href,
    PULUMI_CONFIG_PASSPHRASE_FILE: paths.passphrase,
    // One in the person's own environment would win over the file.
    PULUMI_CONFIG_PASSPHRASE: undefined,
    PULUMI_HOME: paths.home,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
  return env as Record<string, string>;
}

/**
 * Clears what a killed run has left: its lock (the instance's own lock says that no other run is alive) and its
 * unfinished operations. Creation is an upsert in the provider, so they are simply done again.
 *
 * @returns whether there was something to clear.
 */
export async function recoverStack(stack: Stack, paths: EnginePaths): Promise<boolean> {
  const locked = await hasFiles(join(paths.backend, ".pulumi", "locks"));
  if (locked) await stack.cancel();
  const state = await stack.exportStack();
  const pending = state.deployment?.pending_operations ?? [];
  if (pending.length > 0) {
    await stack.importStack({ ...state, deployment: { ...state.deployment, pending_operations: [] } });
  }
  return locked || pending.length > 0;
}

async function hasFiles(folder: string): Promise<boolean> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.some((entry) => entry.isFile());
}
