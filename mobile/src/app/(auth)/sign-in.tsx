import { useLocalSearchParams, useRouter } from "expo-router";
import { useState } from "react";
import { AccountForm } from "../../auth/account-form.tsx";
import { wordsFor } from "../../auth/oidc-return.ts";
import { ProviderButtons } from "../../auth/provider-buttons.tsx";
import { SecondFactorForm } from "../../auth/second-factor-form.tsx";
import { useAuthState, useServices } from "../../services-context.tsx";
import { Button } from "../../ui/button.tsx";
import { TextField } from "../../ui/text-field.tsx";

export default function SignIn() {
  const { auth } = useServices();
  const state = useAuthState();
  const router = useRouter();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const { oidc, oidc_error } = useLocalSearchParams<{ oidc?: string; oidc_error?: string }>();
  const [ticket, setTicket] = useState<{ code: string; verifier: string }>();
  const notice = wordsFor(oidc_error) ?? (state.status === "signed-out" ? state.notice : undefined);

  function begin(): void {
    setTicket(undefined);
    router.setParams({ oidc: undefined, oidc_error: undefined });
  }

  if (ticket || oidc === "second_factor") return <SecondFactorForm ticket={ticket} onCancel={begin} />;
  return (
    <AccountForm
      title="Welcome back"
      text="Sign in to go on with your conversations."
      action="Sign in"
      notice={notice}
      check={() => (username && password ? undefined : "Fill in both fields.")}
      submit={() => auth.signIn(username.trim(), password)}
      other={
        <>
          <ProviderButtons onSecondFactor={setTicket} />
          <Button kind="secondary" label="Create an account" onPress={() => router.push("/sign-up")} />
        </>
      }
    >
      {(send) => (
        <>
          <TextField
            label="Username or email"
            value={username}
            onChangeText={setUsername}
            autoCapitalize="none"
            autoCorrect={false}
            autoComplete="username"
            onSubmitEditing={send}
          />
          <TextField
            label="Password"
            value={password}
            onChangeText={setPassword}
            secureTextEntry
            autoComplete="current-password"
            onSubmitEditing={send}
          />
        </>
      )}
    </AccountForm>
  );
}
