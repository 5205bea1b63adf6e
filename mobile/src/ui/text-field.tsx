import { useState } from "react";
import { Platform, StyleSheet, TextInput, type TextInputProps, View } from "react-native";
import { Text } from "./text.tsx";
import { RADIUS, SPACE, TYPE } from "./theme.ts";
import { useTheme } from "./theme-context.tsx";

interface Props extends TextInputProps {
  readonly label: string;
  readonly hint?: string;
  /** What is wrong with what stands in it. */
  readonly fault?: string | undefined;
}

export function TextField({ label, hint, fault, ...rest }: Props) {
  const { colors } = useTheme();
  const [focused, setFocused] = useState(false);
  const border = fault ? colors.danger : focused ? colors.accent : colors.border;
  return (
    <View style={styles.field}>
      <Text kind="label" bold>
        {label}
      </Text>
      <TextInput
        aria-label={label}
        placeholderTextColor={colors.muted}
        {...rest}
        onFocus={() => setFocused(true)}
        onBlur={() => setFocused(false)}
        style={[styles.input, { backgroundColor: colors.raised, borderColor: border, color: colors.text }]}
      />
      {(fault ?? hint) !== undefined && (
        <Text kind="caption" color={fault ? "danger" : "muted"} role={fault ? "alert" : undefined}>
          {fault ?? hint}
        </Text>
      )}
    </View>
  );
}

const styles = StyleSheet.create({
  field: { gap: SPACE.xs },
  input: {
    ...TYPE.body,
    lineHeight: undefined,
    minHeight: 46,
    paddingHorizontal: SPACE.m,
    borderWidth: 1,
    borderRadius: RADIUS.m,
    ...Platform.select({ web: { outlineStyle: "none" } as object, default: {} }),
  },
});
