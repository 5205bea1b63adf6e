import { randomUUID } from "node:crypto";
import {
  type ConversationView,
  EMPTY_VIEW,
  type Message,
  shownMessages,
  takeChanges,
} from "@mobile-ai-agent/contracts";
import { createHttpClient } from "../../mobile/src/api/http-client.ts";
import { createRequests } from "../../mobile/src/api/requests.ts";
import { createChat } from "../../mobile/src/chat/chat.ts";
import { loadConversation } from "../../mobile/src/chat/load.ts";
import type { RunState } from "../../mobile/src/chat/run-follower.ts";
import { createOutboxStore } from "../../mobile/src/outbox/outbox-store.ts";
import { createMemoryStore } from "../../mobile/src/testing/memory-store.ts";

export interface DeviceOptions {
  readonly name: string;
  readonly sockets: string;
  readonly contexts: string;
  readonly token: string;
  readonly userId: string;
  readonly sessionId: string;
}

/** A phone with one conversation open: the app's own code for all but the screens and the storage. */
export interface Device {
  readonly name: string;
  /** Writes a message; it leaves when it can. */
  write(content: string): Promise<void>;
  /** How many messages have not been acknowledged. */
  waiting(): number;
  messages(): readonly Message[];
  /** Each as it was seen last: the app forgets those whose answers are among the messages. */
  runs(): ReadonlyMap<string, RunState>;
  close(): void;
}

const AGAIN_MS = 500;

export function openDevice({ name, sockets, contexts, token, userId, sessionId }: DeviceOptions): Device {
  const tokens = { current: () => token, owner: () => userId, refresh: async () => token };
  const requests = createRequests(createHttpClient(contexts, tokens));
  let view: ConversationView = EMPTY_VIEW;
  let closed = false;

  /** As the app's query does: what can't be loaded now is loaded a little later. */
  async function load(): Promise<void> {
    const answer = await loadConversation(requests, undefined, sessionId, () => view);
    if (closed) return;
    if (!answer.ok) return void setTimeout(() => void load(), AGAIN_MS);
    view = answer.data;
    chat.followUnanswered(sessionId, shownMessages(view));
  }

  const chat = createChat({
    url: sockets,
    freshToken: async () => token,
    refreshToken: async () => token,
    requests,
    store: createOutboxStore(createMemoryStore(), userId),
    newId: randomUUID,
    onChange(_sessionId, change) {
      view = takeChanges(view, [change]);
      if (view.ahead.length > 0) void load();
    },
    onSessionChanged: () => {},
    onSessionDeleted: () => {},
    onRunEnded: () => void load(),
    onConnected: () => void load(),
  });

  const seen = new Map<string, RunState>();
  chat.subscribe(() => {
    for (const run of chat.state().runs.values()) seen.set(run.runId, run);
  });
  chat.show(sessionId);

  return {
    name,
    write: (content) => chat.outbox.add({ sessionId, content }),
    waiting: () => chat.outbox.size(),
    messages: () => shownMessages(view),
    runs: () => seen,
    close() {
      closed = true;
      chat.close();
    },
  };
}
