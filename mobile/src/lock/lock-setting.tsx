import { useEffect, useState } from "react";
import { StyleSheet, Switch, View } from "react-native";
import { useServices } from "../services-context.tsx";
import { Text } from "../ui/text.tsx";
import { SPACE } from "../ui/theme.ts";
import { useTheme } from "../ui/theme-context.tsx";
import { isLockOn, setLock } from "./lock.ts";
import { canUnlock, unlock } from "./unlock";

export function LockSetting() {
  const { store } = useServices();
  const { colors } = useTheme();
  const [possible, setPossible] = useState(false);
  const [on, setOn] = useState(false);

  useEffect(() => {
    void canUnlock().then(setPossible);
    void isLockOn(store).then(setOn);
  }, [store]);

  async function change(next: boolean): Promise<void> {
    // Who turns it on or off must be the owner.
    if (!(await unlock())) return;
    await setLock(store, next);
    setOn(next);
  }

  return (
    <View style={styles.row}>
      <View style={styles.words}>
        <Text>Unlock with face or finger</Text>
        <Text kind="caption" color="muted">
          {possible
            ? "Asked at the start, and after a minute away."
            : "This device knows no face or finger yet."}
        </Text>
      </View>
      <Switch
        aria-label="Unlock with face or finger"
        value={on}
        disabled={!possible && !on}
        onValueChange={(next) => void change(next)}
        trackColor={{ true: colors.accent }}
      />
    </View>
  );
}

const styles = StyleSheet.create({
  row: { flexDirection: "row", alignItems: "center", gap: SPACE.m },
  words: { flex: 1 },
});
