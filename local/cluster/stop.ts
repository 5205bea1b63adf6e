import { join } from "node:path";
import type { Instance } from "../instance.ts";
import { removeCgroup } from "./cgroups.ts";
import { type DaemonPlace, listDaemons, stopDaemon } from "./daemons.ts";
import { clusterLayout } from "./layout.ts";

export function daemonPlace(instance: Instance): DaemonPlace {
  return { run: clusterLayout(instance).run, logDir: join(instance.logDir, "cluster") };
}

/**
 * Ends every process of the cluster and removes its control groups; network and mounts go with the processes.
 * Data stay. Does nothing when nothing runs.
 */
export async function stopProcesses(instance: Instance): Promise<void> {
  const place = daemonPlace(instance);
  // The node first: the kernel ends everything within it at once, so that nothing is restarted meanwhile.
  await stopDaemon("node", place, 0);
  for (const { name } of await listDaemons(place)) await stopDaemon(name, place);
  await removeCgroup(clusterLayout(instance).cgroup);
}
