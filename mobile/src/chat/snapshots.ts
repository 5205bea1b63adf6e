import { Message, Session } from "@mobile-ai-agent/contracts";
import { z } from "zod";
import { type BlobStore, clear, readText, writeText } from "../storage/blob-store.ts";

const Sessions = z.array(Session);
const Messages = z.array(Message);

/** What a device read last, for when it is offline. */
export interface Snapshots {
  sessions(): Promise<readonly Session[] | undefined>;
  keepSessions(sessions: readonly Session[]): Promise<void>;
  messages(sessionId: string): Promise<readonly Message[] | undefined>;
  keepMessages(sessionId: string, messages: readonly Message[]): Promise<void>;
  clear(): Promise<void>;
}

/** One user's, in the storage of the device. What an earlier version of the app kept otherwise counts as nothing. */
export function createSnapshots(store: BlobStore, userId: string): Snapshots {
  const prefix = `kept.${userId}.`;
  const sessionsKey = `${prefix}sessions`;
  const messagesKey = (sessionId: string) => `${prefix}messages.${sessionId}`;

  async function read<S extends z.ZodType>(schema: S, key: string): Promise<z.infer<S> | undefined> {
    return schema.safeParse(JSON.parse((await readText(store, key)) ?? "null")).data;
  }

  return {
    sessions: () => read(Sessions, sessionsKey),
    keepSessions: (sessions) => writeText(store, sessionsKey, JSON.stringify(sessions)),
    messages: (sessionId) => read(Messages, messagesKey(sessionId)),
    keepMessages: (sessionId, messages) => writeText(store, messagesKey(sessionId), JSON.stringify(messages)),
    clear: () => clear(store, prefix),
  };
}
