import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Instance } from "./instance.ts";
import { CommandFailure } from "./ui/failure.ts";

/** What `up` leaves for the other commands. */
const Platform = z.strictObject({
  cluster: z.enum(["built-in", "context"]),
  kubeconfig: z.string(),
  context: z.string().optional(),
  kubectl: z.string(),
  namespace: z.string(),
  url: z.url().optional(),
  caCertificate: z.string().optional(),
});
export type Platform = z.infer<typeof Platform>;

const file = (instance: Instance) => join(instance.stateDir, "platform.json");

export async function writePlatform(instance: Instance, platform: Platform): Promise<void> {
  await mkdir(instance.stateDir, { recursive: true, mode: 0o700 });
  const temporary = `${file(instance)}.new`;
  await writeFile(temporary, JSON.stringify(platform, null, 2), { mode: 0o600 });
  await rename(temporary, file(instance));
}

/** @returns what the last `up` made, or undefined when there was none. */
export async function findPlatform(instance: Instance): Promise<Platform | undefined> {
  const text = await readFile(file(instance), "utf8").catch(() => undefined);
  return text === undefined ? undefined : Platform.parse(JSON.parse(text));
}

/** @throws CommandFailure when no `up` has come far enough to make a cluster. */
export async function readPlatform(instance: Instance): Promise<Platform> {
  const platform = await findPlatform(instance);
  if (!platform)
    throw new CommandFailure("no platform on this machine yet: start one with `npm run up`", { exitCode: 3 });
  return platform;
}
