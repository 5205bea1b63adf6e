import type { ReactNode } from "react";
import { StyleSheet, View } from "react-native";
import { useSafeAreaInsets } from "react-native-safe-area-context";
import { Text } from "./text.tsx";
import { SPACE } from "./theme.ts";
import { useTheme } from "./theme-context.tsx";

/** The top of a screen: what goes back, its title, and what can be done. */
export function Header({ title, left, right }: { title: string; left?: ReactNode; right?: ReactNode }) {
  const { colors } = useTheme();
  const { top } = useSafeAreaInsets();
  return (
    <View style={[styles.header, { paddingTop: top + SPACE.s, borderColor: colors.border }]}>
      {left}
      <Text kind="heading" role="heading" numberOfLines={1} style={styles.title}>
        {title}
      </Text>
      {right}
    </View>
  );
}

const styles = StyleSheet.create({
  header: {
    flexDirection: "row",
    alignItems: "center",
    gap: SPACE.s,
    minHeight: 56,
    paddingBottom: SPACE.s,
    paddingHorizontal: SPACE.m,
    borderBottomWidth: StyleSheet.hairlineWidth,
  },
  title: { flex: 1, paddingHorizontal: SPACE.xs },
});
