import type { Session } from "@mobile-ai-agent/contracts";
import { useGlobalSearchParams, useRouter } from "expo-router";
import { useState } from "react";
import { ActivityIndicator, FlatList, Pressable, StyleSheet, View } from "react-native";
import { useSafeAreaInsets } from "react-native-safe-area-context";
import { Button } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { MessageCircle, Plus, Search, Settings } from "../ui/icons.ts";
import { Logo } from "../ui/logo.tsx";
import { Text } from "../ui/text.tsx";
import { RADIUS, SPACE } from "../ui/theme.ts";
import { useTheme } from "../ui/theme-context.tsx";
import { ConnectionBanner } from "./connection-banner.tsx";
import { useSessions } from "./queries.ts";
import { sinceWhen } from "./since-when.ts";
import { StrandedMessages } from "./stranded-messages.tsx";

/** The user's conversations, the last used first: a screen of its own on a phone, the sidebar where there is room. */
export function ConversationList({ sidebar }: { sidebar: boolean }) {
  const { colors } = useTheme();
  const { top, bottom } = useSafeAreaInsets();
  const router = useRouter();
  const { data, error, isPending, refetch } = useSessions();
  return (
    <View
      style={[styles.fill, { paddingTop: top, backgroundColor: sidebar ? colors.sunken : colors.background }]}
    >
      <View style={styles.header}>
        <Logo size={30} />
        <Text kind="heading" role="heading" style={styles.fill}>
          Conversations
        </Text>
        <IconButton label="Search" icon={Search} onPress={() => router.push("/search")} />
        <IconButton label="Settings" icon={Settings} onPress={() => router.push("/settings")} />
      </View>
      {!sidebar && <ConnectionBanner />}
      {sidebar && <NewButton onPress={() => router.push("/")} />}
      <FlatList
        data={data ?? []}
        keyExtractor={({ id }) => id}
        role="list"
        aria-label="Conversations"
        contentContainerStyle={[styles.list, { paddingBottom: bottom + (sidebar ? SPACE.m : 88) }]}
        ListHeaderComponent={<StrandedMessages sessions={data} />}
        renderItem={({ item }) => <Row session={item} sidebar={sidebar} />}
        ListEmptyComponent={
          isPending ? (
            <ActivityIndicator color={colors.accent} style={styles.loading} />
          ) : error ? (
            <EmptyState title="Your conversations could not be loaded" text={error.message}>
              <Button kind="secondary" label="Try again" onPress={() => void refetch()} />
            </EmptyState>
          ) : sidebar ? (
            <Text kind="label" color="muted" style={styles.none}>
              Your conversations will be listed here.
            </Text>
          ) : (
            <EmptyState title="No conversations yet" text="Begin one: ask a question, or send a picture." />
          )
        }
      />
      {!sidebar && (
        <View style={[styles.floating, { bottom: bottom + SPACE.l }]}>
          <NewButton floating onPress={() => router.push("/chat/new")} />
        </View>
      )}
    </View>
  );
}

function Row({ session, sidebar }: { session: Session; sidebar: boolean }) {
  const { colors } = useTheme();
  const router = useRouter();
  const { id: open } = useGlobalSearchParams<{ id?: string }>();
  const [hovered, setHovered] = useState(false);
  const selected = sidebar && open === session.id;
  return (
    <Pressable
      role="link"
      aria-label={session.title}
      aria-current={selected ? "page" : undefined}
      testID="conversation"
      onHoverIn={() => setHovered(true)}
      onHoverOut={() => setHovered(false)}
      onPress={() => {
        const target = { pathname: "/chat/[id]", params: { id: session.id } } as const;
        if (sidebar) router.navigate(target);
        else router.push(target);
      }}
      style={({ pressed }) => [
        styles.row,
        (hovered || pressed) && { backgroundColor: colors.hover },
        selected && { backgroundColor: colors.selected },
      ]}
    >
      {!sidebar && (
        <View style={[styles.mark, { backgroundColor: colors.bubble }]}>
          <MessageCircle size={18} color={colors.accent} />
        </View>
      )}
      <View style={styles.words}>
        <Text kind={sidebar ? "label" : "body"} numberOfLines={1} bold={selected || !sidebar}>
          {session.title || "Untitled"}
        </Text>
        <Text kind="caption" color="muted">
          {sinceWhen(new Date(session.updated_at), new Date())}
        </Text>
      </View>
    </Pressable>
  );
}

function NewButton({ onPress, floating = false }: { onPress: () => void; floating?: boolean }) {
  const { colors } = useTheme();
  return (
    <Pressable
      role="button"
      aria-label="New conversation"
      testID="new-conversation"
      onPress={onPress}
      style={({ pressed }) => [
        styles.create,
        floating ? styles.pill : styles.wide,
        { backgroundColor: colors.accent, opacity: pressed ? 0.8 : 1 },
      ]}
    >
      <Plus size={18} strokeWidth={2.5} color={colors.onAccent} />
      <Text kind="label" bold color="onAccent">
        New conversation
      </Text>
    </Pressable>
  );
}

const styles = StyleSheet.create({
  fill: { flex: 1 },
  header: {
    flexDirection: "row",
    alignItems: "center",
    gap: SPACE.m,
    minHeight: 56,
    paddingLeft: SPACE.l,
    paddingRight: SPACE.s,
    paddingVertical: SPACE.s,
  },
  list: { flexGrow: 1, paddingHorizontal: SPACE.s, gap: 2 },
  row: {
    flexDirection: "row",
    alignItems: "center",
    gap: SPACE.m,
    paddingVertical: SPACE.s,
    paddingHorizontal: SPACE.m,
    borderRadius: RADIUS.m,
  },
  words: { flex: 1 },
  mark: {
    width: 40,
    height: 40,
    borderRadius: RADIUS.full,
    alignItems: "center",
    justifyContent: "center",
  },
  none: { padding: SPACE.m },
  loading: { padding: SPACE.xl },
  create: {
    flexDirection: "row",
    alignItems: "center",
    justifyContent: "center",
    gap: SPACE.s,
    minHeight: 44,
  },
  wide: { marginHorizontal: SPACE.m, marginBottom: SPACE.m, borderRadius: RADIUS.m },
  pill: {
    borderRadius: RADIUS.full,
    paddingHorizontal: SPACE.xl,
    minHeight: 52,
    boxShadow: "0 6px 20px rgba(0, 0, 0, 0.22)",
  },
  floating: { position: "absolute", left: 0, right: 0, alignItems: "center" },
});
