import type { ExportHead, Media, Message, Session } from "@mobile-ai-agent/contracts";
import type { ConversationStore } from "@mobile-ai-agent/conversation-store";

const PAGE = 100;

/**
 * The JSON text of an `Export`, piece by piece: one page of messages is in memory at a time, however much there is. Where
 * a part can't be read, it throws, so that what was sent is no JSON and nobody takes it for the whole.
 */
export async function* exportDocument(parts: {
  store: ConversationStore;
  userId: string;
  head: ExportHead;
  media: AsyncIterable<Media>;
}): AsyncGenerator<string> {
  const { store, userId, head, media } = parts;
  yield `${JSON.stringify(head).slice(0, -1)},"sessions":[`;
  let separator = "";
  for await (const session of sessionsOf(store, userId)) {
    yield separator;
    yield* exportSession(store, userId, session);
    separator = ",";
  }
  yield '],"media":';
  yield* list(media);
  yield "}";
}

async function* sessionsOf(store: ConversationStore, userId: string): AsyncGenerator<Session> {
  for (let after: string | undefined; ; ) {
    const page = await store.sessions.list(userId, { after, limit: PAGE });
    yield* page?.sessions ?? [];
    after = page?.next;
    if (after === undefined) return;
  }
}

async function* exportSession(store: ConversationStore, userId: string, session: Session) {
  const owned = { sessionId: session.id, userId };
  const [{ context }, device_info] = await Promise.all([
    store.contexts.get(owned),
    store.sessions.deviceInfoOf(owned),
  ]);
  yield `${JSON.stringify({ ...session, device_info, context }).slice(0, -1)},"messages":`;
  yield* list(messagesOf(store, session.id));
  yield "}";
}

async function* messagesOf(store: ConversationStore, sessionId: string): AsyncGenerator<Message> {
  for (let after = 0; ; ) {
    const page = await store.messages.list(sessionId, { after, limit: PAGE });
    yield* page;
    if (page.length < PAGE) return;
    after = page.at(-1)?.sequence ?? after;
  }
}

async function* list(items: AsyncIterable<unknown>): AsyncGenerator<string> {
  let separator = "[";
  for await (const item of items) {
    yield separator + JSON.stringify(item);
    separator = ",";
  }
  yield separator === "[" ? "[]" : "]";
}
