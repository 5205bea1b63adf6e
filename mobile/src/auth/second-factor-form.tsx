import { useState } from "react";
import { useServices } from "../services-context.tsx";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/text-field.tsx";
import { AccountForm } from "./account-form.tsx";

interface Props {
  /** Of the app; a page's is in its cookie. */
  readonly ticket?: { readonly code: string; readonly verifier: string } | undefined;
  readonly onCancel: () => void;
}

/** What a sign-in with a provider still needs from who has an authenticator here. */
export function SecondFactorForm({ ticket, onCancel }: Props) {
  const { auth } = useServices();
  const [code, setCode] = useState("");
  return (
    <AccountForm
      title="One more step"
      text="Your account asks for a code of your authenticator, or a recovery code."
      action="Sign in"
      check={() => (code.trim().length >= 6 ? undefined : "Type the six digits, or a recovery code.")}
      submit={() => auth.completeSignIn({ ...ticket, secondFactor: code.trim() })}
      other={<Button kind="secondary" label="Sign in differently" onPress={onCancel} />}
    >
      {(send) => (
        <TextField
          label="Code"
          value={code}
          onChangeText={setCode}
          autoCapitalize="characters"
          autoCorrect={false}
          autoComplete="one-time-code"
          onSubmitEditing={send}
        />
      )}
    </AccountForm>
  );
}
