import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { Stack } from "expo-router";
import { useState } from "react";
import { StyleSheet, View } from "react-native";
import { ChatProvider } from "../../chat/chat-context.tsx";
import { ConversationList } from "../../chat/conversation-list.tsx";
import { retryQuery } from "../../chat/unwrap.ts";
import { useAuthState } from "../../services-context.tsx";
import { useIsWide, useTheme } from "../../ui/theme-context.tsx";

export const unstable_settings = { initialRouteName: "index" };

/** What needs somebody signed in. Its cache ends with them. */
export default function MainLayout() {
  const { colors } = useTheme();
  const wide = useIsWide();
  const state = useAuthState();
  const [queries] = useState(
    () => new QueryClient({ defaultOptions: { queries: { retry: retryQuery, staleTime: 10_000 } } }),
  );
  if (state.status !== "signed-in") return null;
  return (
    <QueryClientProvider client={queries}>
      <ChatProvider user={state.user}>
        <View style={[styles.page, { backgroundColor: colors.background }]}>
          {wide && (
            <View style={[styles.sidebar, { borderColor: colors.border }]}>
              <ConversationList sidebar />
            </View>
          )}
          <View style={styles.main}>
            <Stack
              screenOptions={{
                headerShown: false,
                animation: wide ? "none" : "default",
                contentStyle: { backgroundColor: colors.background },
              }}
            />
          </View>
        </View>
      </ChatProvider>
    </QueryClientProvider>
  );
}

const styles = StyleSheet.create({
  page: { flex: 1, flexDirection: "row" },
  sidebar: { width: 320, borderRightWidth: 1 },
  main: { flex: 1 },
});
