import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "expo-router";
import { useState } from "react";
import { Pressable, ScrollView, StyleSheet, View } from "react-native";
import { useServices } from "../services-context.tsx";
import { Banner } from "../ui/banner.tsx";
import { Logo } from "../ui/logo.tsx";
import { Text } from "../ui/text.tsx";
import { COLUMN, RADIUS, SPACE } from "../ui/theme.ts";
import { useTheme } from "../ui/theme-context.tsx";
import { useChat } from "./chat-context.tsx";
import { Composer, type Draft } from "./composer.tsx";
import { ConnectionBanner } from "./connection-banner.tsx";
import { SESSIONS_KEY } from "./queries.ts";

const SUGGESTIONS = [
  "Explain recursion to a ten-year-old",
  "Plan a weekend in Lisbon",
  "Help me write a polite reminder",
];

/** A conversation that begins with its first message. */
export function NewConversation() {
  const { requests } = useServices();
  const { outbox } = useChat();
  const router = useRouter();
  const queries = useQueryClient();
  const [fault, setFault] = useState<string>();

  async function begin({ text, picture }: Draft): Promise<boolean> {
    const created = await requests.createSession();
    if (!created.ok) {
      setFault(created.problem.detail);
      return false;
    }
    const sessionId = created.data.session_id;
    await outbox.add({ sessionId, content: text, ...(picture && { picture }) });
    void queries.invalidateQueries({ queryKey: SESSIONS_KEY });
    router.replace({ pathname: "/chat/[id]", params: { id: sessionId } });
    return true;
  }

  return (
    <View style={styles.fill}>
      <ConnectionBanner />
      <ScrollView contentContainerStyle={styles.welcome} keyboardShouldPersistTaps="handled">
        <Logo size={72} />
        <Text kind="title" role="heading" style={styles.centred}>
          What would you like to know?
        </Text>
        <Text color="muted" style={styles.centred}>
          Ask in your own words, or send a picture. Answers appear as they are written, on all your devices.
        </Text>
        <View style={styles.suggestions}>
          {SUGGESTIONS.map((text) => (
            <Suggestion key={text} text={text} onPress={() => void begin({ text })} />
          ))}
        </View>
      </ScrollView>
      {fault && (
        <View style={styles.fault}>
          <Banner kind="danger" text={fault} />
        </View>
      )}
      <Composer autoFocus onSend={begin} />
    </View>
  );
}

function Suggestion({ text, onPress }: { text: string; onPress: () => void }) {
  const { colors } = useTheme();
  return (
    <Pressable
      role="button"
      aria-label={text}
      onPress={onPress}
      style={({ pressed }) => [
        styles.suggestion,
        { backgroundColor: pressed ? colors.hover : colors.raised, borderColor: colors.border },
      ]}
    >
      <Text kind="label">{text}</Text>
    </Pressable>
  );
}

const styles = StyleSheet.create({
  fill: { flex: 1 },
  welcome: {
    flexGrow: 1,
    alignItems: "center",
    justifyContent: "center",
    gap: SPACE.l,
    padding: SPACE.xl,
    maxWidth: 560,
    alignSelf: "center",
  },
  centred: { textAlign: "center" },
  suggestions: { flexDirection: "row", flexWrap: "wrap", justifyContent: "center", gap: SPACE.s },
  suggestion: {
    paddingVertical: SPACE.s,
    paddingHorizontal: SPACE.l,
    borderWidth: 1,
    borderRadius: RADIUS.full,
  },
  fault: { width: "100%", maxWidth: COLUMN, alignSelf: "center", paddingHorizontal: SPACE.m },
});
