import type { FoundMessage } from "@mobile-ai-agent/contracts";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useRouter } from "expo-router";
import { useDeferredValue, useState } from "react";
import { ActivityIndicator, FlatList, Pressable, StyleSheet, View } from "react-native";
import { useServices } from "../services-context.tsx";
import { Banner } from "../ui/banner.tsx";
import { Button } from "../ui/button.tsx";
import { Text } from "../ui/text.tsx";
import { TextField } from "../ui/text-field.tsx";
import { COLUMN, RADIUS, SPACE } from "../ui/theme.ts";
import { useTheme } from "../ui/theme-context.tsx";
import { useSessions } from "./queries.ts";
import { sinceWhen } from "./since-when.ts";
import { unwrap } from "./unwrap.ts";

/** Searches what was said in all conversations; the platform looks back a stretch at a time. */
export function Search() {
  const { requests } = useServices();
  const [written, setWritten] = useState("");
  const words = useDeferredValue(written.trim());
  const search = useInfiniteQuery({
    queryKey: ["search", words],
    enabled: words.length > 1,
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam }) => unwrap(await requests.searchMessages(words, pageParam)),
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
  });
  const found = search.data?.pages.flatMap(({ messages }) => messages) ?? [];
  return (
    <View style={styles.page}>
      <TextField
        label="Search in your conversations"
        value={written}
        onChangeText={setWritten}
        maxLength={200}
        autoFocus
        autoCapitalize="none"
        autoCorrect={false}
        testID="search"
      />
      {search.error && <Banner kind="danger" text={search.error.message} />}
      <FlatList
        data={found}
        keyExtractor={({ message_id }) => message_id}
        role="list"
        aria-label="Found"
        contentContainerStyle={styles.list}
        renderItem={({ item }) => <Found message={item} />}
        ListFooterComponent={<Footer search={search} isEmpty={found.length === 0} asked={words.length > 1} />}
      />
    </View>
  );
}

interface FooterProps {
  readonly search: Pick<
    ReturnType<typeof useInfiniteQuery>,
    "isFetching" | "isSuccess" | "hasNextPage" | "fetchNextPage"
  >;
  readonly isEmpty: boolean;
  readonly asked: boolean;
}

function Footer({ search, isEmpty, asked }: FooterProps) {
  const { colors } = useTheme();
  if (search.isFetching) return <ActivityIndicator color={colors.accent} style={styles.loading} />;
  return (
    <View style={styles.footer}>
      {asked && isEmpty && search.isSuccess && (
        <Text kind="label" color="muted">
          {search.hasNextPage ? "Nothing found in what was said lately." : "Nothing found."}
        </Text>
      )}
      {search.hasNextPage && (
        <Button kind="secondary" label="Search further back" onPress={() => void search.fetchNextPage()} />
      )}
    </View>
  );
}

function Found({ message: { session_id, role, snippet, created_at } }: { message: FoundMessage }) {
  const { colors } = useTheme();
  const router = useRouter();
  const { data: sessions } = useSessions();
  const title = sessions?.find(({ id }) => id === session_id)?.title || "Conversation";
  return (
    <Pressable
      role="link"
      aria-label={`${title}: ${snippet}`}
      testID="found"
      onPress={() => router.push({ pathname: "/chat/[id]", params: { id: session_id } })}
      style={({ pressed }) => [styles.row, { backgroundColor: pressed ? colors.hover : colors.raised }]}
    >
      <Text kind="caption" color="muted" numberOfLines={1}>
        {`${title} · ${role === "user" ? "You" : "The agent"} · ${sinceWhen(new Date(created_at), new Date())}`}
      </Text>
      <Text kind="label">{snippet}</Text>
    </Pressable>
  );
}

const styles = StyleSheet.create({
  page: {
    flex: 1,
    width: "100%",
    maxWidth: COLUMN + SPACE.l * 2,
    alignSelf: "center",
    padding: SPACE.l,
    gap: SPACE.m,
  },
  list: { gap: SPACE.s, paddingBottom: SPACE.xl },
  row: { gap: SPACE.xs, padding: SPACE.m, borderRadius: RADIUS.m },
  footer: { alignItems: "center", gap: SPACE.m, padding: SPACE.m },
  loading: { padding: SPACE.l },
});
