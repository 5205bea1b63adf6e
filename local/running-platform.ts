import { requireRunningCluster } from "./cluster/index.ts";
import type { Instance } from "./instance.ts";
import { type Platform, readPlatform } from "./platform.ts";

/** @throws CommandFailure when there is no platform, or its built-in cluster has ended. */
export async function readRunningPlatform(instance: Instance): Promise<Platform> {
  const platform = await readPlatform(instance);
  if (platform.cluster === "built-in") await requireRunningCluster(instance);
  return platform;
}
