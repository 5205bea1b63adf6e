import type { Instance } from "../instance.ts";
import type { StepContext } from "../progress.ts";
import { CommandFailure } from "../ui/failure.ts";
import { listDaemons } from "./daemons.ts";
import { type ImageArchive, importIntoNode } from "./images.ts";
import { findNode } from "./node.ts";
import { daemonPlace } from "./stop.ts";

export { ADDONS, awaitAddons, installAddon, installFoundations } from "./addons/install.ts";
export { requireFreePort, startForwarder } from "./forwarder.ts";
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

const NOT_READY = 3;

/**
 * To be called before the API server is: when the node is gone, its address would be looked for in the world outside.
 *
 * @returns how many daemons run
 * @throws CommandFailure when one has ended.
 */
export async function requireRunningCluster(instance: Instance): Promise<number> {
  const daemons = await listDaemons(daemonPlace(instance));
  const ended = daemons.filter(({ alive }) => !alive).map(({ name }) => name);
  if (daemons.length > 0 && ended.length === 0) return daemons.length;
  const reason = ended.length > 0 ? `: ${ended.join(", ")} ended` : "";
  throw new CommandFailure(`the cluster does not run${reason}; \`npm run up\` starts it again`, {
    exitCode: NOT_READY,
  });
}
