import { useRef, useState } from "react";
import { Image, Platform, Pressable, StyleSheet, TextInput, View } from "react-native";
import { pickPicture } from "../pictures/pick-picture";
import type { PickedPicture } from "../pictures/picked-picture.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { ArrowUp, ImagePlus, Square, X } from "../ui/icons.ts";
import { Text } from "../ui/text.tsx";
import { COLUMN, RADIUS, SPACE, TYPE } from "../ui/theme.ts";
import { useTheme } from "../ui/theme-context.tsx";

const MAX_LENGTH = 4000;
const WARN_AT = 3600;
const NOT_STORED =
  "This device can't store the message. Make room on it, or leave private browsing, and try again.";
const MIN_HEIGHT = 44;
const MAX_HEIGHT = 168;

export interface Draft {
  readonly text: string;
  readonly picture?: PickedPicture | undefined;
}

interface Props {
  /** @returns whether it was taken; else it stays in the field */
  readonly onSend: (draft: Draft) => Promise<boolean>;
  /** Stops the answer under way; absent when there is none. */
  readonly onStop?: (() => void) | undefined;
  readonly autoFocus?: boolean;
  /** Of a message that is written anew, in words only; `key` it, so that it begins with them. */
  readonly editing?: { readonly text: string; readonly onCancel: () => void } | undefined;
}

/** Where a message is written. Enter sends and Shift+Enter breaks the line where there is a keyboard. */
export function Composer({ onSend, onStop, autoFocus = false, editing }: Props) {
  const { colors } = useTheme();
  const input = useRef<TextInput>(null);
  const [text, setText] = useState(editing?.text ?? "");
  const [picture, setPicture] = useState<PickedPicture>();
  const [fault, setFault] = useState<string>();
  const [height, setHeight] = useState(MIN_HEIGHT);
  const [busy, setBusy] = useState(false);
  const [focused, setFocused] = useState(false);
  const empty = text.trim() === "" && !picture;

  async function send(): Promise<void> {
    if (empty || busy) return;
    setBusy(true);
    const taken = await onSend({ text: text.trim(), picture }).catch(() => undefined);
    setBusy(false);
    setFault(taken === undefined && !editing ? NOT_STORED : undefined);
    if (!taken) return;
    setText("");
    setPicture(undefined);
    setHeight(MIN_HEIGHT);
    input.current?.focus();
  }

  async function attach(): Promise<void> {
    const result = await pickPicture();
    if (!result) return;
    setFault("fault" in result ? result.fault : undefined);
    if ("picture" in result) setPicture(result.picture);
  }

  return (
    <View style={styles.outer}>
      {fault && (
        <Text kind="caption" color="danger" role="alert">
          {fault}
        </Text>
      )}
      <View
        style={[
          styles.box,
          { backgroundColor: colors.raised, borderColor: focused ? colors.accent : colors.border },
        ]}
      >
        {picture && (
          <View style={styles.preview} testID="picture-preview">
            <Image source={{ uri: picture.uri }} alt="The picture to send" style={styles.thumbnail} />
            <Pressable
              role="button"
              aria-label="Remove the picture"
              onPress={() => setPicture(undefined)}
              hitSlop={8}
              style={[styles.remove, { backgroundColor: colors.text }]}
            >
              <X size={12} color={colors.background} strokeWidth={3} />
            </Pressable>
          </View>
        )}
        <View style={styles.row}>
          {editing ? (
            <IconButton label="Leave it as it was" icon={X} onPress={editing.onCancel} />
          ) : (
            <IconButton label="Add a picture" icon={ImagePlus} onPress={() => void attach()} />
          )}
          <TextInput
            ref={input}
            testID="composer"
            aria-label="Message"
            placeholder={editing ? "Write the message anew" : "Message the agent"}
            placeholderTextColor={colors.muted}
            value={text}
            onChangeText={(next) => {
              setText(next);
              if (next === "") setHeight(MIN_HEIGHT);
            }}
            maxLength={MAX_LENGTH}
            multiline
            onFocus={() => setFocused(true)}
            onBlur={() => setFocused(false)}
            autoFocus={autoFocus}
            onContentSizeChange={({ nativeEvent }) => {
              setHeight(Math.min(Math.max(nativeEvent.contentSize.height, MIN_HEIGHT), MAX_HEIGHT));
            }}
            onKeyPress={(event) => {
              const { key, shiftKey, isComposing } = event.nativeEvent as unknown as KeyboardEvent;
              if (Platform.OS !== "web" || key !== "Enter" || shiftKey || isComposing) return;
              event.preventDefault();
              void send();
            }}
            style={[styles.input, { color: colors.text, height }]}
          />
          {onStop && empty ? (
            <IconButton label="Stop the answer" icon={Square} filled onPress={onStop} testID="stop" />
          ) : (
            <IconButton
              label="Send"
              icon={ArrowUp}
              filled
              disabled={empty || busy}
              onPress={() => void send()}
              testID="send"
            />
          )}
        </View>
      </View>
      {text.length > WARN_AT && (
        <Text kind="caption" color="muted" style={styles.count}>
          {`${MAX_LENGTH - text.length} characters left`}
        </Text>
      )}
    </View>
  );
}

const styles = StyleSheet.create({
  outer: {
    width: "100%",
    maxWidth: COLUMN + SPACE.l * 2,
    alignSelf: "center",
    padding: SPACE.m,
    gap: SPACE.xs,
  },
  box: { borderWidth: 1, borderRadius: RADIUS.l + SPACE.xs, padding: SPACE.xs },
  row: { flexDirection: "row", alignItems: "flex-end", gap: SPACE.xs, padding: 1 },
  input: {
    ...TYPE.body,
    lineHeight: 22,
    flex: 1,
    paddingVertical: 11,
    paddingHorizontal: SPACE.xs,
    ...Platform.select({ web: { resize: "none", outlineStyle: "none" } as object, default: {} }),
  },
  preview: { alignSelf: "flex-start", margin: SPACE.s },
  thumbnail: { width: 88, height: 88, borderRadius: RADIUS.m },
  remove: {
    position: "absolute",
    top: -6,
    right: -6,
    width: 22,
    height: 22,
    borderRadius: RADIUS.full,
    alignItems: "center",
    justifyContent: "center",
  },
  count: { textAlign: "right", paddingHorizontal: SPACE.s },
});
