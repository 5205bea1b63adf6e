import type { ProviderList } from "@mobile-ai-agent/contracts";
import { useEffect, useState } from "react";
import { useServices } from "../services-context.tsx";
import { Banner } from "../ui/banner.tsx";
import { Button } from "../ui/button.tsx";
import { visitProvider } from "./provider-browser";

interface Props {
  /** The code of a sign-in that needs a second factor, and its verifier. */
  readonly onSecondFactor: (ticket: { code: string; verifier: string }) => void;
}

/** A button for each provider of the platform; nothing where there are none, or nobody can be asked. */
export function ProviderButtons({ onSecondFactor }: Props) {
  const { auth, requests, serverUrl } = useServices();
  const [providers, setProviders] = useState<ProviderList["providers"]>([]);
  const [busy, setBusy] = useState<string>();
  const [fault, setFault] = useState<string>();

  useEffect(() => {
    void requests.listProviders().then((answer) => setProviders(answer.ok ? answer.data.providers : []));
  }, [requests]);

  async function signIn(provider: string): Promise<string | undefined> {
    await auth.expectSignIn();
    const visit = await visitProvider(serverUrl, provider);
    if (visit.end === "fault") return visit.fault;
    if (visit.end !== "code") return undefined;
    const answer = await auth.completeSignIn(visit);
    if (answer.ok) return undefined;
    if (answer.problem.field !== "second_factor") return answer.problem.detail;
    onSecondFactor(visit);
    return undefined;
  }

  async function press(provider: string): Promise<void> {
    setBusy(provider);
    setFault(await signIn(provider));
    setBusy(undefined);
  }

  return (
    <>
      {fault && <Banner kind="danger" text={fault} testID="provider-fault" />}
      {providers.map(({ id, label }) => (
        <Button
          key={id}
          kind="secondary"
          label={`Sign in with ${label}`}
          busy={busy === id}
          disabled={busy !== undefined}
          onPress={() => void press(id)}
          testID={`provider-${id}`}
        />
      ))}
    </>
  );
}
