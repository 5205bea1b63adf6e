import type { PlatformKubectl } from "../platform-kubectl.ts";
import { CommandFailure } from "../ui/failure.ts";
import { awaitPods } from "./await-pods.ts";
import { begun, finished, hasNext, isRotating, withNext } from "./content-key-file.ts";
import { CONTENT_SECRET, readContentSecret } from "./content-secret.ts";

/** As the image starts the service, with what to do instead of serving: only it reaches the database. */
const REWRAP = [
  "exec",
  "deployment/context-protocol-server",
  "--",
  "/usr/local/bin/node",
  "main.mjs",
  "rewrap",
];
/** The log of an answer in Redis, sealed with a transit key, is kept for an hour; and pods need time to follow. */
const PAUSE_MS = 65 * 60_000;

export interface Rotation {
  readonly kubectl: PlatformKubectl;
  readonly now?: Date;
  /** For tests. */
  readonly wait?: Parameters<typeof awaitPods>[2];
}

/**
 * Begins to rotate the keys of contents, or goes on with a rotation that was interrupted: the next keys come into use,
 * which all pods know already, and the users' data keys are wrapped anew. The keys before stay until `finishRotation`.
 *
 * @returns how many data keys were wrapped anew
 * @throws CommandFailure when pods don't follow, or a data key can't be unwrapped; then it can be run again
 */
export async function rotateContent({ kubectl, now = new Date(), wait }: Rotation): Promise<number> {
  let secret = await readContentSecret(kubectl);
  if (!Object.values(secret.files).some(isRotating)) {
    if (!Object.values(secret.files).every(hasNext)) {
      secret = await secret.change((file) => (hasNext(file) ? file : withNext(file)));
    }
    // A pod that did not know the next key could not open what others seal with it.
    await awaitPods(kubectl, { secret: CONTENT_SECRET, files: secret.files }, wait);
    secret = await secret.change(begun, now);
  }
  await awaitPods(kubectl, { secret: CONTENT_SECRET, files: secret.files }, wait);
  return await rewrap(kubectl);
}

/**
 * Ends a rotation: makes sure that nothing needs the keys before, makes a backup, whose archive of data keys would be the
 * last that does, and removes them.
 *
 * @throws CommandFailure when no rotation is under way, or what a key before has sealed is still in use
 */
export async function finishRotation({
  kubectl,
  now = new Date(),
  backUp,
}: Rotation & { backUp: () => Promise<void> }): Promise<void> {
  const secret = await readContentSecret(kubectl);
  if (!Object.values(secret.files).some(isRotating)) {
    throw new CommandFailure("no rotation is under way: begin one with `npm run keys -- rotate content`");
  }
  const left = (secret.begunAt?.getTime() ?? now.getTime()) + PAUSE_MS - now.getTime();
  if (left > 0) {
    throw new CommandFailure(
      `the rotation began at ${secret.begunAt?.toISOString()}, and answers that were streamed before are still kept: wait ` +
        `${Math.ceil(left / 60_000)} min`,
    );
  }
  await rewrap(kubectl);
  await backUp();
  await secret.change(finished);
}

async function rewrap(kubectl: PlatformKubectl): Promise<number> {
  const printed = await kubectl(REWRAP).catch((cause) => {
    throw new CommandFailure("not all data keys were wrapped anew; nothing is lost, run this again", {
      cause,
    });
  });
  return Number(printed.trim().split("\n").at(-1));
}
