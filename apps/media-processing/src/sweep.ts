import type { Logger } from "@mobile-ai-agent/service-kit";
import type { MediaContext } from "./context.ts";
import { idIn, MEDIA_PREFIX } from "./media-keys.ts";

/** Longer than any upload takes from its first object to its document. */
const ORPHANED_MS = 60 * 60 * 1000;

/**
 * Removes the objects that no document knows: of a process that died between the two, in an upload or a removal.
 *
 * @returns how many it removed
 */
export async function sweepOrphans(
  { media, objects, logger }: Pick<MediaContext, "media" | "objects"> & { logger: Logger },
  now = Date.now(),
): Promise<number> {
  let removed = 0;
  for await (const { key, modified } of objects.list(MEDIA_PREFIX)) {
    if (now - modified.getTime() < ORPHANED_MS) continue;
    const id = idIn(key);
    if (id !== undefined && (await media.get(id))) continue;
    await objects.delete(key);
    removed++;
  }
  if (removed > 0) logger.info("orphaned objects removed", { removed });
  return removed;
}
