import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "expo-router";
import { useState } from "react";
import { ScrollView, StyleSheet, View } from "react-native";
import { useServices } from "../services-context.tsx";
import { Banner } from "../ui/banner.tsx";
import { Logo } from "../ui/logo.tsx";
import { Text } from "../ui/text.tsx";
import { COLUMN, SPACE } from "../ui/theme.ts";
import { useChat } from "./chat-context.tsx";
import { Composer, type Draft } from "./composer.tsx";
import { ConnectionBanner } from "./connection-banner.tsx";
import { SESSIONS_KEY } from "./queries.ts";
import { titleOf } from "./title.ts";

/** A conversation that begins with its first message. */
export function NewConversation() {
  const { requests } = useServices();
  const { outbox } = useChat();
  const router = useRouter();
  const queries = useQueryClient();
  const [fault, setFault] = useState<string>();

  async function begin({ text, picture }: Draft): Promise<boolean> {
    const created = await requests.createSession(titleOf(text));
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

const styles = StyleSheet.create({
  fill: { flex: 1 },
  welcome: {
    flexGrow: 1,
    alignItems: "center",
    justifyContent: "center",
    gap: SPACE.l,
    padding: SPACE.xl,
    maxWidth: 520,
    alignSelf: "center",
  },
  centred: { textAlign: "center" },
  fault: { width: "100%", maxWidth: COLUMN, alignSelf: "center", paddingHorizontal: SPACE.m },
});
