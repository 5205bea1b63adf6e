import { Pressable, StyleSheet, View } from "react-native";
import { Text } from "./text.tsx";
import { RADIUS, SPACE } from "./theme.ts";
import { useTheme } from "./theme-context.tsx";

interface Props<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: Readonly<Record<T, string>>;
  readonly onChange: (value: T) => void;
}

/** One of a few. */
export function Choice<T extends string>({ label, value, options, onChange }: Props<T>) {
  const { colors } = useTheme();
  return (
    <View role="radiogroup" aria-label={label} style={[styles.group, { backgroundColor: colors.sunken }]}>
      {(Object.keys(options) as T[]).map((option) => {
        const chosen = option === value;
        return (
          <Pressable
            key={option}
            role="radio"
            aria-checked={chosen}
            aria-label={options[option]}
            onPress={() => onChange(option)}
            style={[styles.option, chosen && { backgroundColor: colors.accent }]}
          >
            <Text kind="label" bold={chosen} color={chosen ? "onAccent" : "text"}>
              {options[option]}
            </Text>
          </Pressable>
        );
      })}
    </View>
  );
}

const styles = StyleSheet.create({
  group: { flexDirection: "row", borderRadius: RADIUS.m, padding: SPACE.xs, gap: SPACE.xs },
  option: { flex: 1, minHeight: 38, alignItems: "center", justifyContent: "center", borderRadius: RADIUS.s },
});
