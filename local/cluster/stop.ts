import { join } from "node:path";
import { execa } from "execa";
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
  const { cgroup, hostLink } = clusterLayout(instance);
  // It goes with the node's network, for which the kernel takes its time on a busy machine. Mostly it is gone already.
  await execa("ip", ["link", "delete", "dev", hostLink], { reject: false });
  await removeCgroup(cgroup);
}
