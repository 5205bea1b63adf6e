import { useState } from "react";
import { StyleSheet, View } from "react-native";
import { useServices } from "../services-context.tsx";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/text-field.tsx";
import { SPACE } from "../ui/theme.ts";
import { parseServerUrl } from "./server-url.ts";

/** Where a device finds the platform. Changing it signs out: tokens go to who gave them, and nowhere else. */
export function ServerAddress() {
  const { serverUrl, changeServerUrl } = useServices();
  const [text, setText] = useState(serverUrl);
  const url = parseServerUrl(text);
  return (
    <View style={styles.box}>
      <TextField
        label="Server"
        hint="The platform's address. Another one signs you out here."
        fault={url ? undefined : "An https address, such as https://agent.example.com."}
        value={text}
        onChangeText={setText}
        autoCapitalize="none"
        autoCorrect={false}
        inputMode="url"
      />
      {url && url !== serverUrl && (
        <Button kind="secondary" label="Use this server" onPress={() => void changeServerUrl(url)} />
      )}
    </View>
  );
}

const styles = StyleSheet.create({ box: { gap: SPACE.s } });
