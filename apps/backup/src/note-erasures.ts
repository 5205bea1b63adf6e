import { createErasures } from "@mobile-ai-agent/erasure";
import type { Db } from "mongodb";
import type { BackupContext } from "./context.ts";
import { destroyedIn } from "./data-keys.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Notes the backup's part in erasures that wait for it: that the archive, as it lies there now, has no key of the user.
 *
 * @returns how many
 */
export async function noteErasures(
  db: Db,
  context: BackupContext,
  { stamp, created }: { stamp: string; created: Date },
): Promise<number> {
  const erasures = createErasures(db);
  const pending = (await erasures.list({ pendingOnly: true })).map(({ _id }) => _id);
  if (pending.length === 0) return 0;
  const destroyed = await destroyedIn(context, new Set(pending));
  // The first run that finds this one too old comes up to a day late.
  const older_gone_at = new Date(created.getTime() + (context.retentionDays + 1) * DAY_MS);
  for (const userId of destroyed)
    await erasures.noteDone(userId, "backup", { backup: { stamp, older_gone_at } });
  return destroyed.size;
}
