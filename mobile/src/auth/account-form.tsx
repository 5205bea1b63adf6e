import { type ReactNode, useState } from "react";
import { KeyboardAvoidingView, Platform, ScrollView, StyleSheet, View } from "react-native";
import type { ApiResult } from "../api/result.ts";
import { ServerAddress } from "../config/server-address.tsx";
import { Banner } from "../ui/banner.tsx";
import { Button } from "../ui/button.tsx";
import { Logo } from "../ui/logo.tsx";
import { Text } from "../ui/text.tsx";
import { RADIUS, SPACE } from "../ui/theme.ts";
import { useIsWide, useTheme } from "../ui/theme-context.tsx";

interface Props {
  readonly title: string;
  readonly text: string;
  readonly action: string;
  readonly notice?: string | undefined;
  /** @returns what to mend before anything is sent */
  readonly check: () => string | undefined;
  readonly submit: () => Promise<ApiResult<unknown>>;
  /** The other way in. */
  readonly other: ReactNode;
  /** The fields; `send` is what Enter in one does. */
  readonly children: (send: () => void) => ReactNode;
}

/** What signing in and signing up have in common: the page, one request at a time, and what went wrong. */
export function AccountForm({ title, text, action, notice, check, submit, other, children }: Props) {
  const { colors } = useTheme();
  const wide = useIsWide();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();

  async function send(): Promise<void> {
    if (busy) return;
    const wrong = check();
    setFault(wrong);
    if (wrong) return;
    setBusy(true);
    const answer = await submit();
    setBusy(false);
    if (!answer.ok) setFault(answer.problem.detail);
  }

  return (
    <KeyboardAvoidingView
      behavior={Platform.OS === "ios" ? "padding" : undefined}
      style={[styles.fill, { backgroundColor: wide ? colors.sunken : colors.background }]}
    >
      <ScrollView contentContainerStyle={styles.page} keyboardShouldPersistTaps="handled">
        <View
          style={[
            styles.card,
            wide && { ...styles.lifted, backgroundColor: colors.background, borderColor: colors.border },
          ]}
        >
          <View style={styles.intro}>
            <Logo size={52} />
            <Text kind="title" role="heading">
              {title}
            </Text>
            <Text color="muted">{text}</Text>
          </View>
          {notice && !fault && <Banner kind="notice" text={notice} />}
          {fault && <Banner kind="danger" text={fault} testID="form-fault" />}
          {children(() => void send())}
          <Button label={action} busy={busy} onPress={() => void send()} testID="submit" />
          {other}
          {Platform.OS !== "web" && <ServerAddress />}
        </View>
      </ScrollView>
    </KeyboardAvoidingView>
  );
}

const styles = StyleSheet.create({
  fill: { flex: 1 },
  page: { flexGrow: 1, justifyContent: "center", alignItems: "center", padding: SPACE.l },
  card: { width: "100%", maxWidth: 440, gap: SPACE.l, padding: SPACE.s },
  lifted: { padding: SPACE.xxl, borderWidth: 1, borderRadius: RADIUS.l },
  intro: { gap: SPACE.s, marginBottom: SPACE.s },
});
