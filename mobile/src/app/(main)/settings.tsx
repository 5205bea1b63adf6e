import { useLocalSearchParams, useRouter } from "expo-router";
import { useState } from "react";
import { Platform, ScrollView, StyleSheet, View } from "react-native";
import { DataSettings } from "../../account/data-settings.tsx";
import { IdentitySettings } from "../../auth/identity-settings.tsx";
import { useChat } from "../../chat/chat-context.tsx";
import { createSnapshots } from "../../chat/snapshots.ts";
import { BUILD } from "../../config/app-settings.ts";
import { ServerAddress } from "../../config/server-address.tsx";
import { LockSetting } from "../../lock/lock-setting.tsx";
import { createOutboxStore } from "../../outbox/outbox-store.ts";
import { pinningStatus } from "../../pinning/enable-pinning";
import { useAuthState, useServices } from "../../services-context.tsx";
import { Banner } from "../../ui/banner.tsx";
import { Button } from "../../ui/button.tsx";
import { Choice } from "../../ui/choice.tsx";
import { Header } from "../../ui/header.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { ArrowLeft } from "../../ui/icons.ts";
import { Section } from "../../ui/section.tsx";
import { Text } from "../../ui/text.tsx";
import { SPACE } from "../../ui/theme.ts";
import { useTheme } from "../../ui/theme-context.tsx";

export default function Settings() {
  const router = useRouter();
  const { serverUrl } = useServices();
  const { appearance, setAppearance } = useTheme();
  const state = useAuthState();
  const { oidc_error } = useLocalSearchParams<{ oidc_error?: string }>();
  if (state.status !== "signed-in") return null;
  const { username, email } = state.user;
  return (
    <View style={styles.fill}>
      <Header
        title="Settings"
        left={
          <IconButton
            label="Back"
            icon={ArrowLeft}
            onPress={() => (router.canGoBack() ? router.back() : router.replace("/"))}
          />
        }
      />
      <ScrollView contentContainerStyle={styles.column}>
        <Section title="Account">
          <Text bold testID="account-name">
            {username}
          </Text>
          <Text kind="label" color="muted">
            {email}
          </Text>
        </Section>
        <IdentitySettings error={oidc_error} />
        <Section title="Appearance">
          <Choice
            label="Appearance"
            value={appearance}
            options={{ system: "As the system", light: "Light", dark: "Dark" }}
            onChange={setAppearance}
          />
        </Section>
        {Platform.OS !== "web" && (
          <Section title="Security">
            <LockSetting />
            <Text kind="label" color="muted">
              {pinningStatus(serverUrl)}
            </Text>
          </Section>
        )}
        {Platform.OS !== "web" && (
          <Section title="Platform">
            <ServerAddress />
          </Section>
        )}
        <Data userId={state.user.id} />
        <SignOut userId={state.user.id} />
        <Text kind="caption" color="muted" style={styles.version}>
          {`Mobile AI Agent ${BUILD.version}`}
        </Text>
      </ScrollView>
    </View>
  );
}

/** With the account goes what this device has of it. */
function Data({ userId }: { userId: string }) {
  return <DataSettings onDeleted={useForget(userId)} />;
}

function useForget(userId: string): () => Promise<void> {
  const { auth, store } = useServices();
  return async () => {
    await auth.signOut();
    await createOutboxStore(store, userId).clear();
    await createSnapshots(store, userId).clear();
  };
}

/** What waits to be sent would be lost with the sign-out, so that is asked first. */
function SignOut({ userId }: { userId: string }) {
  const forget = useForget(userId);
  const { outbox } = useChat();
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const waiting = outbox.size();

  async function signOut(): Promise<void> {
    if (waiting > 0 && !asked) return setAsked(true);
    setBusy(true);
    await forget();
  }

  return (
    <View style={styles.signOut}>
      {asked && (
        <Banner
          kind="danger"
          text={`${waiting === 1 ? "One message has" : `${waiting} messages have`} not been sent yet, and would be lost.`}
        />
      )}
      <Button
        kind="danger"
        label={asked ? "Sign out anyway" : "Sign out"}
        busy={busy}
        onPress={() => void signOut()}
        testID="sign-out"
      />
    </View>
  );
}

const styles = StyleSheet.create({
  fill: { flex: 1 },
  column: { width: "100%", maxWidth: 560, alignSelf: "center", padding: SPACE.l, gap: SPACE.xl },
  signOut: { gap: SPACE.m },
  version: { textAlign: "center" },
});
