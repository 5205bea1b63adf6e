import { useState } from "react";
import { StyleSheet, View } from "react-native";
import { useServices } from "../services-context.tsx";
import { Banner } from "../ui/banner.tsx";
import { Button } from "../ui/button.tsx";
import { Section } from "../ui/section.tsx";
import { Text } from "../ui/text.tsx";
import { TextField } from "../ui/text-field.tsx";
import { SPACE } from "../ui/theme.ts";
import { saveText } from "./save-text";

/** @param onDeleted removes what this device has */
export function DataSettings({ onDeleted }: { onDeleted: () => Promise<void> }) {
  const { requests, serverUrl } = useServices();
  const [busy, setBusy] = useState<"export" | "delete">();
  const [fault, setFault] = useState<string>();

  async function exportAll(): Promise<void> {
    setBusy("export");
    const answer = await requests.exportMe();
    setFault(answer.ok ? undefined : answer.problem.detail);
    if (answer.ok) await saveText("export.json", answer.data);
    setBusy(undefined);
  }

  async function deleteAll(password: string): Promise<void> {
    setBusy("delete");
    const answer = await requests.requestErasure(password === "" ? undefined : password);
    setFault(answer.ok ? undefined : answer.problem.detail);
    setBusy(undefined);
    if (!answer.ok) return;
    // Nobody can give this address again, and the account is gone already.
    await saveText("erasure.txt", new URL(answer.data.status_url, serverUrl).href);
    await onDeleted();
  }

  return (
    <Section title="Your data">
      {fault && <Banner kind="danger" text={fault} testID="data-fault" />}
      <Button
        kind="secondary"
        label="Export my data"
        busy={busy === "export"}
        onPress={() => void exportAll()}
        testID="export-data"
      />
      <DeleteAccount busy={busy === "delete"} onConfirm={(password) => void deleteAll(password)} />
    </Section>
  );
}

function DeleteAccount({ busy, onConfirm }: { busy: boolean; onConfirm: (password: string) => void }) {
  const [open, setOpen] = useState(false);
  const [password, setPassword] = useState("");
  if (!open) {
    const ask = () => setOpen(true);
    return <Button kind="danger" label="Delete my account" onPress={ask} testID="delete-account" />;
  }
  return (
    <View style={styles.confirm}>
      <Text>
        Your account, conversations, pictures and recordings are erased at once and for good, on all devices.
        You get an address where a certificate of it will be: keep that.
      </Text>
      <TextField
        label="Your password"
        hint="Empty, if you only sign in with a provider"
        value={password}
        onChangeText={setPassword}
        secureTextEntry
        autoComplete="current-password"
      />
      <Button kind="secondary" label="Keep my account" onPress={() => setOpen(false)} />
      <Button
        kind="danger"
        label="Delete for good"
        busy={busy}
        onPress={() => onConfirm(password)}
        testID="delete-for-good"
      />
    </View>
  );
}

const styles = StyleSheet.create({ confirm: { gap: SPACE.s } });
