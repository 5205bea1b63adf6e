import type { Decision, Message } from "@mobile-ai-agent/contracts";
import { memo, type ReactNode } from "react";
import { ActivityIndicator, Pressable, StyleSheet, View } from "react-native";
import type { OutboxItem } from "../outbox/outbox-item.ts";
import { Clock, RotateCcw, Trash } from "../ui/icons.ts";
import { Logo } from "../ui/logo.tsx";
import { Text } from "../ui/text.tsx";
import { RADIUS, SPACE } from "../ui/theme.ts";
import { useTheme } from "../ui/theme-context.tsx";
import { AnswerText } from "./answer-text.tsx";
import { ApprovalCard } from "./approval-card.tsx";
import { showFailure } from "./failure.ts";
import { MessageTools } from "./message-tools.tsx";
import { PendingPicture, SentPicture } from "./picture.tsx";
import type { RunState } from "./run-follower.ts";
import type { TimelineEntry } from "./timeline.ts";

interface Actions {
  readonly onRetry: (clientMessageId: string) => void;
  readonly onDiscard: (clientMessageId: string) => void;
  /** Lets the message be answered again that this one is, or answers. */
  readonly onAskAgain: (message: Message) => void;
  readonly onEdit: (message: Message) => void;
  readonly onDelete: (message: Message) => void;
  /** @returns why it could not be decided now */
  readonly onDecide: (approvalId: string, decision: Decision) => Promise<string | undefined>;
}

export const Entry = memo(function Entry({ entry, ...actions }: { entry: TimelineEntry } & Actions) {
  switch (entry.kind) {
    case "message":
      return <Said message={entry.message} {...actions} />;
    case "pending":
      return <Pending item={entry.item} {...actions} />;
    case "answer":
      return <LiveAnswer run={entry.run} onAskAgain={() => actions.onAskAgain(entry.question)} />;
    case "approval":
      return (
        <ApprovalCard approval={entry.approval} hasRunEnded={entry.hasRunEnded} onDecide={actions.onDecide} />
      );
  }
});

function Said({ message, ...actions }: { message: Message } & Actions) {
  const { onEdit, onDelete, onAskAgain } = actions;
  if (message.role === "user") {
    const tools = <MessageTools onEdit={() => onEdit(message)} onDelete={() => onDelete(message)} />;
    return <Sent message={message}>{tools}</Sent>;
  }
  return (
    <Answer text={message.content}>
      <MessageTools onRegenerate={() => onAskAgain(message)} onDelete={() => onDelete(message)} />
    </Answer>
  );
}

function Sent({ message, children }: { message: Message; children: ReactNode }) {
  return (
    <View style={styles.mine} testID="message-user" aria-label="You">
      {message.media_id && message.type === "image" && <SentPicture mediaId={message.media_id} />}
      {message.content !== "" && <Bubble text={message.content} />}
      {children}
    </View>
  );
}

function Pending({
  item,
  onRetry,
  onDiscard,
}: { item: OutboxItem } & Pick<Actions, "onRetry" | "onDiscard">) {
  const { clientMessageId, refusal } = item;
  return (
    <View style={styles.mine} testID={refusal ? "message-refused" : "message-pending"} aria-label="You">
      {item.picture && <PendingPicture id={clientMessageId} contentType={item.picture.contentType} />}
      {!item.picture && item.mediaId && <SentPicture mediaId={item.mediaId} />}
      {item.content !== "" && <Bubble text={item.content} faded={!refusal} />}
      {refusal === undefined ? (
        <Note icon={Clock} text="Waiting to be sent" />
      ) : (
        <>
          <Text kind="caption" color="danger" role="alert">
            {refusal}
          </Text>
          <View style={styles.actions}>
            <Action icon={RotateCcw} label="Send again" onPress={() => onRetry(clientMessageId)} />
            <Action icon={Trash} label="Discard" onPress={() => onDiscard(clientMessageId)} />
          </View>
        </>
      )}
    </View>
  );
}

function Answer({
  text,
  streaming = false,
  children,
}: {
  text: string;
  streaming?: boolean;
  children?: ReactNode;
}) {
  return (
    <View
      style={styles.answer}
      testID={streaming ? "message-streaming" : "message-assistant"}
      aria-label="The agent"
      aria-busy={streaming}
    >
      <Logo size={28} />
      <View style={styles.answerBody}>
        {text !== "" && <AnswerText text={text} />}
        {children}
      </View>
    </View>
  );
}

function LiveAnswer({ run, onAskAgain }: { run: RunState; onAskAgain: () => void }) {
  const { colors } = useTheme();
  const running = run.status === "running";
  return (
    <Answer text={run.text} streaming={running}>
      {running && run.text === "" && (
        <View style={styles.thinking}>
          <ActivityIndicator color={colors.accent} size="small" />
          <Text kind="label" color="muted">
            Thinking…
          </Text>
        </View>
      )}
      {run.status === "cancelled" && (
        <Text kind="caption" color="muted">
          Stopped
        </Text>
      )}
      {run.status === "failed" && <Failure run={run} onAskAgain={onAskAgain} />}
    </Answer>
  );
}

function Failure({ run, onAskAgain }: { run: RunState; onAskAgain: () => void }) {
  const { text, canAskAgain } = showFailure(run);
  return (
    <>
      <Text kind="label" color="danger" role="alert">
        {text}
      </Text>
      {canAskAgain && (
        <View style={styles.actions}>
          <Action icon={RotateCcw} label="Ask again" onPress={onAskAgain} />
        </View>
      )}
    </>
  );
}

function Bubble({ text, faded = false }: { text: string; faded?: boolean }) {
  const { colors } = useTheme();
  return (
    <View style={[styles.bubble, { backgroundColor: colors.bubble }, faded && styles.faded]}>
      <Text color="onBubble" selectable>
        {text}
      </Text>
    </View>
  );
}

type Icon = typeof Clock;

function Note({ icon: Icon, text }: { icon: Icon; text: string }) {
  const { colors } = useTheme();
  return (
    <View style={styles.actions}>
      <Icon size={13} color={colors.muted} />
      <Text kind="caption" color="muted">
        {text}
      </Text>
    </View>
  );
}

function Action({ icon: Icon, label, onPress }: { icon: Icon; label: string; onPress: () => void }) {
  const { colors } = useTheme();
  return (
    <Pressable role="button" aria-label={label} onPress={onPress} hitSlop={8} style={styles.action}>
      <Icon size={14} color={colors.accent} />
      <Text kind="label" color="accent" bold>
        {label}
      </Text>
    </Pressable>
  );
}

const styles = StyleSheet.create({
  mine: { alignSelf: "flex-end", alignItems: "flex-end", maxWidth: "82%", gap: SPACE.xs },
  bubble: {
    paddingVertical: SPACE.s,
    paddingHorizontal: SPACE.l,
    borderRadius: RADIUS.l,
    borderBottomRightRadius: SPACE.xs,
  },
  faded: { opacity: 0.65 },
  answer: { flexDirection: "row", gap: SPACE.m, alignItems: "flex-start" },
  answerBody: { flex: 1, gap: SPACE.s, paddingTop: 2 },
  thinking: { flexDirection: "row", alignItems: "center", gap: SPACE.s },
  actions: { flexDirection: "row", alignItems: "center", gap: SPACE.s },
  action: { flexDirection: "row", alignItems: "center", gap: SPACE.xs, paddingVertical: SPACE.xs },
});
