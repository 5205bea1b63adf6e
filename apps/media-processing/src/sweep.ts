import type { MediaContext } from "./context.ts";
import { idIn, MEDIA_PREFIX } from "./media-keys.ts";

/** Far longer than an upload takes from its first object to its document, and long enough to notice a mistake. */
const ORPHANED_MS = 24 * 60 * 60 * 1000;
const BATCH = 500;

/**
 * Removes the objects that are a day old and that no document knows: of a process that died between the two, in an upload
 * or a removal. Where no document is there at all, it removes nothing: more likely the database is the wrong one, or not
 * restored yet.
 *
 * @returns how many it removed
 */
export async function sweepOrphans(
  { media, objects, logger }: Pick<MediaContext, "media" | "objects" | "logger">,
  now = Date.now(),
): Promise<number> {
  if (await media.isEmpty()) return 0;
  let removed = 0;
  let batch: string[] = [];
  const flush = async () => {
    const known = await media.known([...new Set(batch.map(idIn))]);
    for (const key of batch.filter((key) => !known.has(idIn(key)))) {
      await objects.delete(key);
      removed++;
    }
    batch = [];
  };
  for await (const { key, modified } of objects.list(MEDIA_PREFIX)) {
    if (now - modified.getTime() < ORPHANED_MS) continue;
    batch.push(key);
    if (batch.length === BATCH) await flush();
  }
  await flush();
  if (removed > 0) logger.info("orphaned objects removed", { removed });
  return removed;
}
