import { useEffect, useState } from "react";
import { Platform, StyleSheet, View } from "react-native";
import { Banner } from "../ui/banner.tsx";
import { COLUMN, SPACE } from "../ui/theme.ts";
import { useChatState } from "./chat-context.tsx";

/** A cut that ends sooner than this is nobody's business. */
const PATIENCE_MS = 1500;

const OUTDATED =
  Platform.OS === "web"
    ? "This version of the app is too old for the platform. Reload the page to update the app; what you wrote is kept."
    : "This version of the app is too old for the platform. Update the app; what you wrote is kept and sent then.";

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

  if (connection === "outdated") {
    return (
      <View style={styles.place}>
        <Banner kind="danger" testID="update-notice" text={OUTDATED} />
      </View>
    );
  }
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
