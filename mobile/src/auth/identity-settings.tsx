import type { Identity } from "@mobile-ai-agent/contracts";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Platform, StyleSheet, View } from "react-native";
import type { ApiResult } from "../api/result.ts";
import { useServices } from "../services-context.tsx";
import { Banner } from "../ui/banner.tsx";
import { Button } from "../ui/button.tsx";
import { Section } from "../ui/section.tsx";
import { Text } from "../ui/text.tsx";
import { TextField } from "../ui/text-field.tsx";
import { SPACE } from "../ui/theme.ts";
import { wordsFor } from "./oidc-return.ts";

const KEY = ["identities"];

/** The accounts with providers that sign in to this account. Linking goes by the browser, so it is for web pages. */
export function IdentitySettings({ error }: { error?: string | undefined }) {
  const { requests } = useServices();
  const queries = useQueryClient();
  const identities = useQuery({ queryKey: KEY, queryFn: requests.listIdentities }).data;
  const providers = useQuery({ queryKey: ["providers"], queryFn: requests.listProviders }).data;
  const [fault, setFault] = useState(wordsFor(error));
  const linked = identities?.ok ? identities.data.identities : [];
  const offered = providers?.ok && Platform.OS === "web" ? providers.data.providers : [];
  const others = offered.filter(({ id }) => !linked.some(({ provider }) => provider === id));
  if (linked.length === 0 && others.length === 0) return null;

  async function report(answer: ApiResult<unknown>): Promise<boolean> {
    setFault(answer.ok ? undefined : answer.problem.detail);
    await queries.invalidateQueries({ queryKey: KEY });
    return answer.ok;
  }

  return (
    <Section title="Sign in with another provider">
      {fault && <Banner kind="danger" text={fault} testID="identity-fault" />}
      {linked.map((identity) => (
        <Linked
          key={identity.id}
          identity={identity}
          onRemove={async () => void (await report(await requests.removeIdentity(identity.id)))}
        />
      ))}
      {others.map(({ id, label }) => (
        <Link
          key={id}
          label={label}
          link={async (password) => {
            const answer = await requests.linkIdentity(id, password);
            if (answer.ok) window.location.assign(answer.data.url);
            else await report(answer);
          }}
        />
      ))}
    </Section>
  );
}

function Linked({ identity, onRemove }: { identity: Identity; onRemove: () => Promise<void> }) {
  const { label, email } = identity;
  return (
    <View style={styles.row} testID="identity">
      <View style={styles.words}>
        <Text>{label}</Text>
        {email && (
          <Text kind="caption" color="muted">
            {email}
          </Text>
        )}
      </View>
      <Button kind="secondary" label="Unlink" onPress={() => void onRemove()} />
    </View>
  );
}

/** Asks for the password first: whoever found an open page must not get a way in of their own. */
function Link({ label, link }: { label: string; link: (password: string) => Promise<void> }) {
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [password, setPassword] = useState("");

  async function send(): Promise<void> {
    setBusy(true);
    await link(password);
    setBusy(false);
  }

  if (!open) return <Button kind="secondary" label={`Link ${label}`} onPress={() => setOpen(true)} />;
  return (
    <View style={styles.link}>
      <TextField
        label="Your password here"
        value={password}
        onChangeText={setPassword}
        secureTextEntry
        autoComplete="current-password"
        onSubmitEditing={() => void send()}
      />
      <Button label={`Go on to ${label}`} busy={busy} disabled={!password} onPress={() => void send()} />
    </View>
  );
}

const styles = StyleSheet.create({
  row: { flexDirection: "row", alignItems: "center", gap: SPACE.m },
  words: { flex: 1 },
  link: { gap: SPACE.s },
});
