import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "expo-router";
import { useState } from "react";
import { StyleSheet, View } from "react-native";
import type { ApiResult } from "../api/result.ts";
import { useServices } from "../services-context.tsx";
import { Banner } from "../ui/banner.tsx";
import { Button } from "../ui/button.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { Pencil, Trash } from "../ui/icons.ts";
import { TextField } from "../ui/text-field.tsx";
import { COLUMN, SPACE } from "../ui/theme.ts";
import { useChat } from "./chat-context.tsx";
import { messagesKey } from "./conversation-query.ts";
import { SESSIONS_KEY } from "./queries.ts";

export type Task = "rename" | "delete" | undefined;

/** Beside the title of a conversation: what can be done about it as a whole. */
export function ConversationTools({ onTask }: { onTask: (task: Task) => void }) {
  return (
    <>
      <IconButton label="Rename the conversation" icon={Pencil} onPress={() => onTask("rename")} />
      <IconButton label="Delete the conversation" icon={Trash} onPress={() => onTask("delete")} />
    </>
  );
}

interface Props {
  readonly sessionId: string;
  readonly title: string;
  readonly task: Task;
  readonly onDone: () => void;
}

/** Where the task is done: below the title. */
export function ConversationTask({ sessionId, title, task, onDone }: Props) {
  const { requests } = useServices();
  const { outbox } = useChat();
  const queries = useQueryClient();
  const router = useRouter();
  const [name, setName] = useState(title);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();

  async function act(request: () => Promise<ApiResult<unknown>>): Promise<boolean> {
    setBusy(true);
    const answer = await request();
    setBusy(false);
    setFault(answer.ok ? undefined : answer.problem.detail);
    if (answer.ok) void queries.invalidateQueries({ queryKey: SESSIONS_KEY });
    return answer.ok;
  }

  async function rename(): Promise<void> {
    if (await act(() => requests.renameSession(sessionId, name.trim()))) onDone();
  }

  async function remove(): Promise<void> {
    if (!(await act(() => requests.deleteSession(sessionId)))) return;
    await outbox.discardSession(sessionId);
    router.replace("/");
    queries.removeQueries({ queryKey: messagesKey(sessionId) });
  }

  if (task === undefined) return null;
  return (
    <View style={styles.panel}>
      {fault && <Banner kind="danger" text={fault} />}
      {task === "rename" ? (
        <TextField
          label="Title"
          value={name}
          onChangeText={setName}
          maxLength={200}
          autoFocus
          onSubmitEditing={() => void rename()}
          testID="conversation-title"
        />
      ) : (
        <Banner kind="danger" text="Delete this conversation for good, on all your devices?" />
      )}
      <View style={styles.buttons}>
        <Button kind="secondary" label="Cancel" onPress={onDone} />
        {task === "rename" ? (
          <Button label="Save" busy={busy} disabled={name.trim() === ""} onPress={() => void rename()} />
        ) : (
          <Button
            kind="danger"
            label="Delete"
            busy={busy}
            onPress={() => void remove()}
            testID="confirm-delete"
          />
        )}
      </View>
    </View>
  );
}

const styles = StyleSheet.create({
  panel: {
    width: "100%",
    maxWidth: COLUMN + SPACE.l * 2,
    alignSelf: "center",
    padding: SPACE.m,
    gap: SPACE.s,
  },
  buttons: { flexDirection: "row", justifyContent: "flex-end", gap: SPACE.s },
});
