import type { ConversationStore, RunCancellations, RunLog } from "@mobile-ai-agent/conversation-store";
import { type PartContext, type Participation, takePart } from "@mobile-ai-agent/erasure";

interface Dependencies extends PartContext {
  readonly store: ConversationStore;
  readonly runLog: RunLog;
  readonly cancellations: RunCancellations;
}

const PAGE = 200;
const UNFINISHED: readonly string[] = ["queued", "running", "waiting"];

/** This service's part in erasures: sessions with all that belongs to them, runs, and their events in Redis. */
export function eraseConversations({ store, runLog, cancellations, ...rest }: Dependencies): Participation {
  /** In batches: a user may have had many. */
  async function* runsOf(userId: string): AsyncGenerator<string[]> {
    let ids: string[] = [];
    for await (const { id } of store.runs.ofUser(userId)) {
      ids.push(id);
      if (ids.length < PAGE) continue;
      yield ids;
      ids = [];
    }
    yield ids;
  }

  return takePart({
    ...rest,
    owner: "context-protocol-server",
    others: {
      "run:": {
        async count(userId) {
          let count = 0;
          for await (const ids of runsOf(userId)) count += await runLog.count(ids);
          return count;
        },
        async erase(userId) {
          for await (const ids of runsOf(userId)) await runLog.remove(ids);
        },
      },
    },
    async prepare(userId) {
      for await (const { id, status } of store.runs.ofUser(userId)) {
        if (UNFINISHED.includes(status)) await cancellations.publish(id);
      }
      for await (const id of store.sessions.idsOf(userId)) await store.deletions.note(id);
    },
  });
}
