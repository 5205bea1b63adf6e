import type { PlatformKubectl } from "../platform-kubectl.ts";
import { CommandFailure } from "../ui/failure.ts";
import { keyIds, replaced, rotated } from "./key-file.ts";
import { readSecret, type StoredSecret } from "./stored-secret.ts";

const SECRET = "jwt-credentials";
const KEY = "private.pem";
const ROTATED_AT = "mobile-ai-agent/keys-changed-at";
/** What the last key has signed is valid for half an hour, and pods see a changed Secret within two minutes. */
const PAUSE_MS = 35 * 60_000;

/**
 * Changes the keys that sign access tokens, in their Secret. Pods read them from there within two minutes, without a
 * restart.
 *
 * @returns the ids of the keys now, the one that signs first
 * @throws CommandFailure when there are none, when another change came between, or when a rotation comes too soon
 */
export async function changeKeys(
  kubectl: PlatformKubectl,
  action: "rotate" | "replace",
  now: Date = new Date(),
): Promise<string[]> {
  const secret = await readSecret(kubectl, SECRET);
  if (action === "rotate") refuseTooSoon(secret, now);
  const changed = action === "rotate" ? rotated(secret.values[KEY] ?? "") : replaced();
  await secret.change({ [KEY]: changed }, { [ROTATED_AT]: now.toISOString() });
  return keyIds(changed);
}

function refuseTooSoon({ annotations }: StoredSecret, now: Date): void {
  const before = annotations[ROTATED_AT];
  if (before === undefined) return;
  const left = new Date(before).getTime() + PAUSE_MS - now.getTime();
  if (left <= 0) return;
  throw new CommandFailure(
    `the keys were changed at ${before}, and what the one before has signed is still valid: wait ` +
      `${Math.ceil(left / 60_000)} min, or end all access tokens now with \`npm run keys -- replace\``,
  );
}
