import type { Instance } from "../instance.ts";
import type { StepContext } from "../progress.ts";
import { CommandFailure } from "../ui/failure.ts";
import { listDaemons } from "./daemons.ts";
import { type ImageArchive, importIntoNode } from "./images.ts";
import { findNode } from "./node.ts";
import { daemonPlace } from "./stop.ts";

export { ADDONS, awaitAddons, installAddon, installFoundations } from "./addons/install.ts";
export { startForwarder } from "./forwarder.ts";
export { startCluster } from "./start.ts";
export { stopProcesses } from "./stop.ts";

/** Makes images available to the cluster's pods. @throws when the node does not run. */
export async function importImages(
  instance: Instance,
  images: readonly ImageArchive[],
  ctx: StepContext,
): Promise<void> {
  const node = await findNode(daemonPlace(instance));
  if (!node) throw new CommandFailure("the cluster's node does not run: `npm run up` starts it");
  await importIntoNode(node, images, ctx);
}

/** @returns the daemons of the cluster and whether each runs. */
export async function clusterStatus(
  instance: Instance,
): Promise<{ daemons: { name: string; alive: boolean }[] }> {
  return { daemons: await listDaemons(daemonPlace(instance)) };
}
