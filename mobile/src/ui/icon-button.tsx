import type { LucideIcon } from "lucide-react-native";
import { Pressable, StyleSheet } from "react-native";
import { RADIUS } from "./theme.ts";
import { useTheme } from "./theme-context.tsx";

interface Props {
  /** For who can't see the icon. */
  readonly label: string;
  readonly icon: LucideIcon;
  readonly onPress: () => void;
  readonly filled?: boolean;
  readonly disabled?: boolean;
  readonly testID?: string;
}

export function IconButton({ label, icon: Icon, onPress, filled = false, disabled = false, testID }: Props) {
  const { colors } = useTheme();
  return (
    <Pressable
      role="button"
      aria-label={label}
      aria-disabled={disabled}
      disabled={disabled}
      onPress={onPress}
      testID={testID}
      hitSlop={4}
      style={({ pressed }) => [
        styles.button,
        filled && { backgroundColor: disabled ? colors.hover : colors.accent },
        pressed && { opacity: 0.7 },
      ]}
    >
      <Icon
        size={20}
        strokeWidth={2}
        color={disabled ? colors.muted : filled ? colors.onAccent : colors.text}
      />
    </Pressable>
  );
}

const styles = StyleSheet.create({
  button: {
    width: 40,
    height: 40,
    borderRadius: RADIUS.full,
    alignItems: "center",
    justifyContent: "center",
  },
});
