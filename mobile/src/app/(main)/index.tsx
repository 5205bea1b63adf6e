import { ConversationList } from "../../chat/conversation-list.tsx";
import { NewConversation } from "../../chat/new-conversation.tsx";
import { useIsWide } from "../../ui/theme-context.tsx";

/** With the conversations in the sidebar there is room to begin one. */
export default function Home() {
  return useIsWide() ? <NewConversation /> : <ConversationList sidebar={false} />;
}
