import { KeyboardScreen } from "../../../chat/keyboard-screen.tsx";
import { NewConversation } from "../../../chat/new-conversation.tsx";

export default function NewChat() {
  return (
    <KeyboardScreen title="New conversation">
      <NewConversation />
    </KeyboardScreen>
  );
}
