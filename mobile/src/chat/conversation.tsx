import { type Message, shownMessages } from "@mobile-ai-agent/contracts";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { ActivityIndicator, ScrollView, StyleSheet, View } from "react-native";
import { Banner } from "../ui/banner.tsx";
import { Button } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { COLUMN, SPACE } from "../ui/theme.ts";
import { useTheme } from "../ui/theme-context.tsx";
import type { AskedApproval } from "./approvals.ts";
import { useChat, useChatState } from "./chat-context.tsx";
import { Composer, type Draft } from "./composer.tsx";
import { ConnectionBanner } from "./connection-banner.tsx";
import { Entry } from "./entry.tsx";
import { useConversation } from "./queries.ts";
import { timelineOf } from "./timeline.ts";
import { useMessageActions } from "./use-message-actions.ts";

const NONE: readonly Message[] = [];
/** Entries drawn at first; earlier ones on demand, so that a long conversation opens at once. */
const WINDOW = 80;
/** Who is nearer to the end than this reads along. */
const NEAR = 120;

/** One conversation: what was said, what is being said, and where to say more. */
export function Conversation({ sessionId }: { sessionId: string }) {
  const chat = useChat();
  const { runs, approvals, outboxVersion } = useChatState();
  const { data, error, isPending, refetch } = useConversation(sessionId);
  const messages = useMemo(() => (data ? shownMessages(data) : NONE), [data]);
  const { fault, edit, regenerate, remove } = useMessageActions(sessionId);
  const [editing, setEditing] = useState<Message>();

  useEffect(() => chat.show(sessionId), [chat, sessionId]);
  useEffect(() => chat.followUnanswered(sessionId, messages), [chat, sessionId, messages]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the version tells when the outbox has changed
  const entries = useMemo(
    () => timelineOf(messages, chat.outbox.items(sessionId), runs, asked(approvals, sessionId)),
    [messages, runs, approvals, outboxVersion, chat, sessionId],
  );
  const live = entries.find((entry) => entry.kind === "answer" && entry.run.status === "running");

  const { outbox } = chat;
  const retry = useCallback((id: string) => void outbox.retry(id), [outbox]);
  const discard = useCallback((id: string) => void outbox.discard(id), [outbox]);
  const askAgain = useCallback(
    ({ run_id }: Message) => {
      const question = messages.find((message) => message.role === "user" && message.run_id === run_id);
      if (question) void regenerate(question);
    },
    [messages, regenerate],
  );

  async function send({ text, picture }: Draft): Promise<boolean> {
    if (editing) {
      const done = await edit(editing, text);
      if (done) setEditing(undefined);
      return done;
    }
    await outbox.add({ sessionId, content: text, ...(picture && { picture }) });
    return true;
  }

  if (isPending && entries.length === 0) return <Loading />;
  return (
    <View style={styles.fill}>
      <ConnectionBanner />
      {error && entries.length === 0 ? (
        <EmptyState title="This conversation could not be loaded" text={error.message}>
          <Button label="Try again" onPress={() => void refetch()} />
        </EmptyState>
      ) : (
        <Transcript
          entries={entries}
          onRetry={retry}
          onDiscard={discard}
          onAskAgain={askAgain}
          onEdit={setEditing}
          onDelete={remove}
          onDecide={chat.decide}
        />
      )}
      {fault && (
        <View style={styles.fault}>
          <Banner kind="danger" text={fault} testID="action-fault" />
        </View>
      )}
      <Composer
        key={editing?.id ?? ""}
        autoFocus
        editing={editing && { text: editing.content, onCancel: () => setEditing(undefined) }}
        onSend={send}
        onStop={live?.kind === "answer" ? () => void chat.cancel(live.run.runId) : undefined}
      />
    </View>
  );
}

function asked(approvals: ReadonlyMap<string, AskedApproval>, sessionId: string): readonly AskedApproval[] {
  return [...approvals.values()].filter(({ session_id }) => session_id === sessionId);
}

type EntryActions = Omit<Parameters<typeof Entry>[0], "entry">;

function Transcript({ entries, ...actions }: { entries: ReturnType<typeof timelineOf> } & EntryActions) {
  const scroll = useRef<ScrollView>(null);
  const atEnd = useRef(true);
  const [shown, setShown] = useState(WINDOW);
  const visible = entries.slice(-shown);
  const mine = entries.findLast(({ kind }) => kind === "pending")?.key;

  // What one has just written is always worth showing.
  useEffect(() => {
    if (mine) atEnd.current = true;
  }, [mine]);

  return (
    <ScrollView
      ref={scroll}
      style={styles.fill}
      contentContainerStyle={styles.column}
      role="log"
      aria-label="Transcript"
      testID="messages"
      keyboardDismissMode="interactive"
      keyboardShouldPersistTaps="handled"
      scrollEventThrottle={32}
      onScroll={({ nativeEvent: { contentOffset, contentSize, layoutMeasurement } }) => {
        atEnd.current = contentSize.height - contentOffset.y - layoutMeasurement.height < NEAR;
      }}
      onContentSizeChange={() => {
        if (atEnd.current) scroll.current?.scrollToEnd({ animated: false });
      }}
    >
      {entries.length > shown && (
        <Button kind="secondary" label="Show earlier messages" onPress={() => setShown(shown + WINDOW)} />
      )}
      {entries.length === 0 && <Banner kind="notice" text="Nothing has been said here yet." />}
      {visible.map((entry) => (
        <Entry key={entry.key} entry={entry} {...actions} />
      ))}
    </ScrollView>
  );
}

function Loading() {
  const { colors } = useTheme();
  return (
    <View style={[styles.fill, styles.centred]} aria-label="Loading">
      <ActivityIndicator color={colors.accent} />
    </View>
  );
}

const styles = StyleSheet.create({
  fill: { flex: 1 },
  fault: {
    width: "100%",
    maxWidth: COLUMN + SPACE.l * 2,
    alignSelf: "center",
    paddingHorizontal: SPACE.m,
  },
  centred: { alignItems: "center", justifyContent: "center" },
  column: {
    width: "100%",
    maxWidth: COLUMN + SPACE.l * 2,
    alignSelf: "center",
    padding: SPACE.l,
    gap: SPACE.xl,
    flexGrow: 1,
  },
});
