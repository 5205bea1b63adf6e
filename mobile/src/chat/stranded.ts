import type { Session } from "@mobile-ai-agent/contracts";
import type { OutboxItem } from "../outbox/outbox-item.ts";

/** Messages that were refused, in a session that no list shows. */
export interface Stranded {
  readonly sessionId: string;
  readonly count: number;
}

/**
 * Where refused messages are that could not be reached: their session was deleted on another device.
 * @param sessions undefined as long as it isn't known which there are
 */
export function strandedOf(
  refused: readonly OutboxItem[],
  sessions: readonly Session[] | undefined,
): readonly Stranded[] {
  if (!sessions) return [];
  const listed = new Set(sessions.map(({ id }) => id));
  const counts = new Map<string, number>();
  for (const { sessionId } of refused) {
    if (!listed.has(sessionId)) counts.set(sessionId, (counts.get(sessionId) ?? 0) + 1);
  }
  return [...counts].map(([sessionId, count]) => ({ sessionId, count }));
}
