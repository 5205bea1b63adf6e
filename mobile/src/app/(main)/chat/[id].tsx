import { useLocalSearchParams } from "expo-router";
import { Conversation } from "../../../chat/conversation.tsx";
import { KeyboardScreen } from "../../../chat/keyboard-screen.tsx";
import { useSessions } from "../../../chat/queries.ts";

export default function Chat() {
  const { id } = useLocalSearchParams<{ id: string }>();
  const { data } = useSessions();
  const title = data?.find((session) => session.id === id)?.title ?? "Conversation";
  return (
    <KeyboardScreen title={title}>
      <Conversation key={id} sessionId={id} />
    </KeyboardScreen>
  );
}
