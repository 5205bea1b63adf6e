import type { Session } from "@mobile-ai-agent/contracts";
import { useRouter } from "expo-router";
import { Pressable, StyleSheet } from "react-native";
import { Text } from "../ui/text.tsx";
import { RADIUS, SPACE } from "../ui/theme.ts";
import { useTheme } from "../ui/theme-context.tsx";
import { useChat, useChatState } from "./chat-context.tsx";
import { strandedOf } from "./stranded.ts";

/** Leads to messages whose conversation was deleted before they were sent, to copy or discard them. */
export function StrandedMessages({ sessions }: { sessions: readonly Session[] | undefined }) {
  const { outbox } = useChat();
  const { colors } = useTheme();
  const router = useRouter();
  // Drawn again whenever the outbox changes.
  useChatState();
  return strandedOf(outbox.refused(), sessions).map(({ sessionId, count }) => (
    <Pressable
      key={sessionId}
      role="link"
      testID="stranded"
      onPress={() => router.navigate({ pathname: "/chat/[id]", params: { id: sessionId } })}
      style={({ pressed }) => [
        styles.row,
        { backgroundColor: pressed ? colors.hover : colors.raised, borderColor: colors.border },
      ]}
    >
      <Text kind="label" color="danger">
        {count === 1 ? "A message could not be sent" : `${count} messages could not be sent`}
      </Text>
      <Text kind="caption" color="muted">
        The conversation is gone. Copy what you wrote, or discard it.
      </Text>
    </Pressable>
  ));
}

const styles = StyleSheet.create({
  row: {
    paddingVertical: SPACE.s,
    paddingHorizontal: SPACE.m,
    marginBottom: SPACE.s,
    borderWidth: 1,
    borderRadius: RADIUS.m,
  },
});
