import { Password, RegisterRequest } from "@mobile-ai-agent/contracts";
import { useRouter } from "expo-router";
import { useState } from "react";
import { AccountForm } from "../../auth/account-form.tsx";
import { useServices } from "../../services-context.tsx";
import { Button } from "../../ui/button.tsx";
import { TextField } from "../../ui/text-field.tsx";

type Field = "username" | "email" | "password";

const FAULTS: Record<Field, string> = {
  username: "3 to 50 letters, digits or underscores.",
  email: "This is not an email address.",
  password: `At least ${Password.minLength} characters.`,
};

export default function SignUp() {
  const { auth } = useServices();
  const router = useRouter();
  const [account, setAccount] = useState({ username: "", email: "", password: "" });
  const [faults, setFaults] = useState<Partial<Record<Field, string>>>({});
  const set = (field: Field) => (value: string) => {
    setAccount({ ...account, [field]: value });
    setFaults({ ...faults, [field]: undefined });
  };

  function check(): string | undefined {
    const parsed = RegisterRequest.safeParse(account);
    const wrong = parsed.success ? [] : parsed.error.issues.map(({ path }) => path[0] as Field);
    setFaults(Object.fromEntries(wrong.map((field) => [field, FAULTS[field]])));
    return wrong.length > 0 ? "Look at what is marked, and try again." : undefined;
  }

  return (
    <AccountForm
      title="Create your account"
      text="It takes a minute; your conversations follow you to every device."
      action="Create the account"
      check={check}
      submit={() => auth.signUp(account)}
      other={
        <Button kind="secondary" label="I have an account" onPress={() => router.navigate("/sign-in")} />
      }
    >
      {(send) => (
        <>
          <TextField
            label="Username"
            hint="Letters, digits and underscores."
            fault={faults.username}
            value={account.username}
            onChangeText={set("username")}
            autoCapitalize="none"
            autoCorrect={false}
            autoComplete="username-new"
            onSubmitEditing={send}
          />
          <TextField
            label="Email"
            fault={faults.email}
            value={account.email}
            onChangeText={set("email")}
            autoCapitalize="none"
            autoComplete="email"
            inputMode="email"
            onSubmitEditing={send}
          />
          <TextField
            label="Password"
            hint={FAULTS.password}
            fault={faults.password}
            value={account.password}
            onChangeText={set("password")}
            secureTextEntry
            autoComplete="new-password"
            onSubmitEditing={send}
          />
        </>
      )}
    </AccountForm>
  );
}
