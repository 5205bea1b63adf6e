import { useIsFocused } from "expo-router";
import { ConversationList } from "../../chat/conversation-list.tsx";
import { NewConversation } from "../../chat/new-conversation.tsx";
import { useIsWide } from "../../ui/theme-context.tsx";

/** With the conversations in the sidebar there is room to begin one. */
export default function Home() {
  const wide = useIsWide();
  const focused = useIsFocused();
  if (!wide) return <ConversationList sidebar={false} />;
  return focused ? <NewConversation /> : null;
}
