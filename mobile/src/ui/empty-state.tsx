import type { ReactNode } from "react";
import { StyleSheet, View } from "react-native";
import { Logo } from "./logo.tsx";
import { Text } from "./text.tsx";
import { SPACE } from "./theme.ts";

/** What a place says while it has nothing to show, and what to do about it. */
export function EmptyState({ title, text, children }: { title: string; text: string; children?: ReactNode }) {
  return (
    <View style={styles.box}>
      <Logo size={56} />
      <Text kind="heading" style={styles.centred}>
        {title}
      </Text>
      <Text kind="label" color="muted" style={styles.centred}>
        {text}
      </Text>
      {children}
    </View>
  );
}

const styles = StyleSheet.create({
  box: { alignItems: "center", justifyContent: "center", gap: SPACE.m, padding: SPACE.xl, flexGrow: 1 },
  centred: { textAlign: "center", maxWidth: 360 },
});
