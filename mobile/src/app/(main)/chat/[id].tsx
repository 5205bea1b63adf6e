import { useLocalSearchParams } from "expo-router";
import { useState } from "react";
import { Conversation } from "../../../chat/conversation.tsx";
import { ConversationTask, ConversationTools, type Task } from "../../../chat/conversation-header.tsx";
import { KeyboardScreen } from "../../../chat/keyboard-screen.tsx";
import { useSessions } from "../../../chat/queries.ts";

export default function Chat() {
  const { id } = useLocalSearchParams<{ id: string }>();
  const { data } = useSessions();
  const [task, setTask] = useState<Task>();
  const title = data?.find((session) => session.id === id)?.title ?? "";
  return (
    <KeyboardScreen title={title || "Conversation"} right={<ConversationTools onTask={setTask} />}>
      <ConversationTask
        key={`${id} ${task}`}
        sessionId={id}
        title={title}
        task={task}
        onDone={() => setTask(undefined)}
      />
      <Conversation key={id} sessionId={id} />
    </KeyboardScreen>
  );
}
