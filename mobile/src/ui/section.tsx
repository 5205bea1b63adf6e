import type { ReactNode } from "react";
import { StyleSheet, View } from "react-native";
import { Text } from "./text.tsx";
import { RADIUS, SPACE } from "./theme.ts";
import { useTheme } from "./theme-context.tsx";

/** A titled card of settings. */
export function Section({ title, children }: { title: string; children: ReactNode }) {
  const { colors } = useTheme();
  return (
    <View style={styles.section}>
      <Text kind="label" color="muted" bold role="heading">
        {title}
      </Text>
      <View style={[styles.card, { backgroundColor: colors.raised, borderColor: colors.border }]}>
        {children}
      </View>
    </View>
  );
}

const styles = StyleSheet.create({
  section: { gap: SPACE.s },
  card: { gap: SPACE.s, padding: SPACE.l, borderWidth: 1, borderRadius: RADIUS.m },
});
