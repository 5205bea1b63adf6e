import { ActivityIndicator, Pressable, StyleSheet } from "react-native";
import { Text } from "./text.tsx";
import { RADIUS, SPACE } from "./theme.ts";
import { useTheme } from "./theme-context.tsx";

interface Props {
  readonly label: string;
  readonly onPress: () => void;
  readonly kind?: "primary" | "secondary" | "danger";
  readonly busy?: boolean;
  readonly disabled?: boolean;
  readonly testID?: string;
}

export function Button({ label, onPress, kind = "primary", busy = false, disabled = false, testID }: Props) {
  const { colors } = useTheme();
  const surface = { primary: colors.accent, secondary: colors.raised, danger: colors.dangerSurface }[kind];
  const ink = ({ primary: "onAccent", secondary: "text", danger: "danger" } as const)[kind];
  return (
    <Pressable
      role="button"
      aria-label={label}
      aria-busy={busy}
      aria-disabled={disabled || busy}
      disabled={disabled || busy}
      onPress={onPress}
      testID={testID}
      style={({ pressed }) => [
        styles.button,
        { backgroundColor: surface, opacity: disabled ? 0.5 : pressed ? 0.8 : 1 },
        kind === "secondary" && { borderWidth: 1, borderColor: colors.border },
      ]}
    >
      {busy ? (
        <ActivityIndicator color={colors[ink]} />
      ) : (
        <Text kind="label" bold color={ink}>
          {label}
        </Text>
      )}
    </Pressable>
  );
}

const styles = StyleSheet.create({
  button: {
    minHeight: 46,
    paddingHorizontal: SPACE.l,
    borderRadius: RADIUS.m,
    alignItems: "center",
    justifyContent: "center",
  },
});
