import { useRouter } from "expo-router";
import { useState } from "react";
import { AccountForm } from "../../auth/account-form.tsx";
import { useAuthState, useServices } from "../../services-context.tsx";
import { Button } from "../../ui/button.tsx";
import { TextField } from "../../ui/text-field.tsx";

export default function SignIn() {
  const { auth } = useServices();
  const state = useAuthState();
  const router = useRouter();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const notice = state.status === "signed-out" ? state.notice : undefined;
  return (
    <AccountForm
      title="Welcome back"
      text="Sign in to go on with your conversations."
      action="Sign in"
      notice={notice}
      check={() => (username && password ? undefined : "Fill in both fields.")}
      submit={() => auth.signIn(username.trim(), password)}
      other={<Button kind="secondary" label="Create an account" onPress={() => router.push("/sign-up")} />}
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
