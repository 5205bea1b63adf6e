import { StyleSheet, View } from "react-native";
import { Text } from "./text.tsx";
import { RADIUS, SPACE } from "./theme.ts";
import { useTheme } from "./theme-context.tsx";

/** One sentence that matters now. Screen readers say it as it appears. */
export function Banner({ text, kind, testID }: { text: string; kind: "notice" | "danger"; testID?: string }) {
  const { colors } = useTheme();
  return (
    <View
      role={kind === "danger" ? "alert" : "status"}
      aria-live="polite"
      testID={testID}
      style={[styles.banner, { backgroundColor: colors[`${kind}Surface`] }]}
    >
      <Text kind="label" color={kind}>
        {text}
      </Text>
    </View>
  );
}

const styles = StyleSheet.create({
  banner: { paddingVertical: SPACE.s, paddingHorizontal: SPACE.m, borderRadius: RADIUS.m },
});
