import { useEffect, useState } from "react";
import { Pressable, StyleSheet, View } from "react-native";
import { Pencil, RotateCcw, Trash } from "../ui/icons.ts";
import { Text } from "../ui/text.tsx";
import { SPACE } from "../ui/theme.ts";
import { useTheme } from "../ui/theme-context.tsx";

interface Props {
  readonly onEdit?: (() => void) | undefined;
  readonly onRegenerate?: (() => void) | undefined;
  readonly onDelete: () => void;
}

const CONFIRM_MS = 4000;

/** What can be done about a message. A deletion is asked for twice. */
export function MessageTools({ onEdit, onRegenerate, onDelete }: Props) {
  const [asked, setAsked] = useState(false);

  useEffect(() => {
    if (!asked) return;
    const timer = setTimeout(() => setAsked(false), CONFIRM_MS);
    return () => clearTimeout(timer);
  }, [asked]);

  return (
    <View style={styles.row}>
      {onEdit && <Tool icon={Pencil} label="Edit the message" onPress={onEdit} />}
      {onRegenerate && <Tool icon={RotateCcw} label="Answer again" onPress={onRegenerate} />}
      {asked ? (
        <Pressable role="button" aria-label="Delete for good" onPress={onDelete} hitSlop={8}>
          <Text kind="caption" color="danger" bold>
            Delete for good
          </Text>
        </Pressable>
      ) : (
        <Tool icon={Trash} label="Delete the message" onPress={() => setAsked(true)} />
      )}
    </View>
  );
}

function Tool({ icon: Icon, label, onPress }: { icon: typeof Trash; label: string; onPress: () => void }) {
  const { colors } = useTheme();
  return (
    <Pressable
      role="button"
      aria-label={label}
      onPress={onPress}
      hitSlop={8}
      style={({ pressed }) => [styles.tool, pressed && { opacity: 0.5 }]}
    >
      <Icon size={14} color={colors.muted} />
    </Pressable>
  );
}

const styles = StyleSheet.create({
  row: { flexDirection: "row", alignItems: "center", gap: SPACE.m, minHeight: 20 },
  tool: { padding: 2 },
});
