import type { Session, User } from "@mobile-ai-agent/contracts";
import { useQueryClient } from "@tanstack/react-query";
import { randomUUID } from "expo-crypto";
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from "react";
import { AppState } from "react-native";
import { createOutboxStore } from "../outbox/outbox-store.ts";
import { useServices } from "../services-context.tsx";
import { type Chat, type ChatState, createChat } from "./chat.ts";
import { askAnew, MESSAGES_KEY, messagesKey, takeChange } from "./conversation-query.ts";
import { SESSIONS_KEY, useSnapshots } from "./queries.ts";

const ChatContext = createContext<Chat | undefined>(undefined);

/** The live connection of who is signed in; what it hears goes into the query cache that the screens read. */
export function ChatProvider({ user, children }: { user: User; children: ReactNode }) {
  const { serverUrl, store, auth, requests } = useServices();
  const queries = useQueryClient();
  const snapshots = useSnapshots();
  const [chat, setChat] = useState<Chat>();

  useEffect(() => {
    const opened = createChat({
      url: serverUrl,
      freshToken: auth.fresh,
      refreshToken: auth.refresh,
      requests,
      store: createOutboxStore(store, user.id),
      newId: randomUUID,
      onChange(sessionId, change) {
        takeChange(queries, sessionId, change);
        void askAnew(queries, SESSIONS_KEY);
      },
      onSessionChanged() {
        void askAnew(queries, SESSIONS_KEY);
      },
      onSessionDeleted(sessionId) {
        const queryKey = messagesKey(sessionId);
        const isOther = ({ id }: Session) => id !== sessionId;
        queries.setQueryData<readonly Session[]>(SESSIONS_KEY, (known) => known?.filter(isOther));
        snapshots?.forget(sessionId).catch(() => undefined);
        queries.removeQueries({ queryKey });
        void askAnew(queries, SESSIONS_KEY);
      },
      onRunEnded(sessionId) {
        void askAnew(queries, messagesKey(sessionId));
      },
      onConnected() {
        void askAnew(queries, SESSIONS_KEY);
        void askAnew(queries, MESSAGES_KEY);
      },
    });
    setChat(opened);
    const app = AppState.addEventListener("change", (state) => {
      if (state === "active") opened.wake();
    });
    globalThis.addEventListener?.("online", opened.wake);
    return () => {
      app.remove();
      globalThis.removeEventListener?.("online", opened.wake);
      opened.close();
      setChat(undefined);
    };
  }, [serverUrl, store, auth, requests, queries, snapshots, user.id]);

  return chat ? <ChatContext value={chat}>{children}</ChatContext> : null;
}

export function useChat(): Chat {
  const chat = useContext(ChatContext);
  if (!chat) throw new Error("useChat: there is no ChatProvider above");
  return chat;
}

export function useChatState(): ChatState {
  const chat = useChat();
  return useSyncExternalStore(chat.subscribe, chat.state, chat.state);
}
