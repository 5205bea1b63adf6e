import type { ChangeAccepted, ConversationView, Message } from "@mobile-ai-agent/contracts";
import { useQueryClient } from "@tanstack/react-query";
import { randomUUID } from "expo-crypto";
import { useCallback, useRef, useState } from "react";
import type { ApiResult } from "../api/result.ts";
import { useServices } from "../services-context.tsx";
import { useChat } from "./chat-context.tsx";
import { messagesKey } from "./conversation-query.ts";

const CONFLICT =
  "The conversation has changed on another device. Look at it, and try again if you still want to.";

export interface MessageActions {
  /** Why the last action was not done; nothing of it waits, since it says what is to be superseded. */
  readonly fault: string | undefined;
  /** @returns whether it was done */
  edit(message: Message, content: string): Promise<boolean>;
  /** Lets another answer be made. */
  regenerate(question: Message): Promise<void>;
  remove(message: Message): Promise<void>;
}

/** What can be done about the messages of a conversation, while there is a connection. */
export function useMessageActions(sessionId: string): MessageActions {
  const { requests } = useServices();
  const chat = useChat();
  const queries = useQueryClient();
  const [fault, setFault] = useState<string>();
  /** The same again has the same id, so that it is done once though an answer was lost. */
  const last = useRef({ what: "", id: "" });

  const supersede = useCallback(
    async (what: string, act: (seen: Seen) => Promise<ApiResult<ChangeAccepted>>): Promise<boolean> => {
      const queryKey = messagesKey(sessionId);
      const view = () => queries.getQueryData<ConversationView>(queryKey);
      if (view()?.ahead.length) await queries.refetchQueries({ queryKey });
      if (last.current.what !== what) last.current = { what, id: randomUUID() };
      const answer = await act({ client_message_id: last.current.id, after: view()?.upTo ?? 0 });
      if (answer.ok) {
        last.current = { what: "", id: "" };
        chat.take(sessionId, answer.data.change);
      } else if (answer.problem.reason === "conflict") {
        last.current = { what: "", id: "" };
        void queries.invalidateQueries({ queryKey });
      }
      setFault(answer.ok ? undefined : faultOf(answer.problem));
      return answer.ok;
    },
    [chat, queries, sessionId],
  );

  const edit = useCallback(
    (message: Message, content: string) =>
      supersede(`edit ${message.id} ${content}`, (seen) =>
        requests.editMessage(sessionId, message.id, { ...seen, content }),
      ),
    [requests, sessionId, supersede],
  );

  const regenerate = useCallback(
    async (question: Message) => {
      await supersede(`regenerate ${question.run_id}`, (seen) =>
        requests.regenerateAnswer(sessionId, question.id, seen),
      );
    },
    [requests, sessionId, supersede],
  );

  const remove = useCallback(
    async ({ id }: Message) => {
      const answer = await requests.deleteMessage(sessionId, id);
      setFault(answer.ok ? undefined : faultOf(answer.problem));
      if (answer.ok) void queries.invalidateQueries({ queryKey: messagesKey(sessionId) });
    },
    [requests, queries, sessionId],
  );

  return { fault, edit, regenerate, remove };
}

interface Seen {
  readonly client_message_id: string;
  readonly after: number;
}

function faultOf({ reason, detail }: { reason: string; detail: string }): string {
  return reason === "conflict" ? CONFLICT : detail;
}
