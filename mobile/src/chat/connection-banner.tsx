import { useEffect, useState } from "react";
import { StyleSheet, View } from "react-native";
import { Banner } from "../ui/banner.tsx";
import { COLUMN, SPACE } from "../ui/theme.ts";
import { useChatState } from "./chat-context.tsx";

/** A cut that ends sooner than this is nobody's business. */
const PATIENCE_MS = 1500;

/** Says that the platform can't be reached, once that lasts. */
export function ConnectionBanner() {
  const { connection } = useChatState();
  const [late, setLate] = useState(false);
  const connected = connection === "connected";

  useEffect(() => {
    if (connected) return setLate(false);
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [connected]);

  if (connected || !late) return null;
  return (
    <View style={styles.place}>
      <Banner
        kind="notice"
        testID="connection-banner"
        text={
          connection === "offline"
            ? "You are offline. What you write is kept, and sent once you are back."
            : "Connecting… What you write is kept, and sent once you are connected."
        }
      />
    </View>
  );
}

const styles = StyleSheet.create({
  place: { width: "100%", maxWidth: COLUMN + SPACE.l * 2, alignSelf: "center", padding: SPACE.s },
});
