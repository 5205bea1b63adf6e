import { Change, type ConversationView, Message, Session } from "@mobile-ai-agent/contracts";
import { z } from "zod";
import { type BlobStore, clear, readText, writeText } from "../storage/blob-store.ts";

const Sessions = z.array(Session);
const Conversation = z.object({ upTo: z.int(), messages: z.array(Message), ahead: z.array(Change) });

/** What a device read last, for when it is offline. */
export interface Snapshots {
  sessions(): Promise<readonly Session[] | undefined>;
  keepSessions(sessions: readonly Session[]): Promise<void>;
  conversation(sessionId: string): Promise<ConversationView | undefined>;
  keepConversation(sessionId: string, view: ConversationView): Promise<void>;
  forget(sessionId: string): Promise<void>;
  clear(): Promise<void>;
}

/** One user's, in the storage of the device. What an earlier version of the app kept otherwise counts as nothing. */
export function createSnapshots(store: BlobStore, userId: string): Snapshots {
  const prefix = `kept.${userId}.`;
  const sessionsKey = `${prefix}sessions`;
  const conversationKey = (sessionId: string) => `${prefix}messages.${sessionId}`;

  async function read<S extends z.ZodType>(schema: S, key: string): Promise<z.infer<S> | undefined> {
    return schema.safeParse(JSON.parse((await readText(store, key)) ?? "null")).data;
  }

  return {
    sessions: () => read(Sessions, sessionsKey),
    keepSessions: (sessions) => writeText(store, sessionsKey, JSON.stringify(sessions)),
    conversation: (sessionId) => read(Conversation, conversationKey(sessionId)),
    keepConversation: (sessionId, view) => writeText(store, conversationKey(sessionId), JSON.stringify(view)),
    forget: (sessionId) => store.remove(conversationKey(sessionId)),
    clear: () => clear(store, prefix),
  };
}
