import type { PlatformKubectl } from "../platform-kubectl.ts";
import { CommandFailure } from "../ui/failure.ts";
import { keyIds, replaced, rotated } from "./key-file.ts";

const SECRET = "jwt-credentials";
const KEY = "private.pem";
const ROTATED_AT = "mobile-ai-agent/keys-changed-at";
/** What the last key has signed is valid for half an hour, and pods see a changed Secret within two minutes. */
const PAUSE_MS = 35 * 60_000;

interface StoredSecret {
  readonly metadata: { readonly annotations?: Record<string, string> };
  readonly data: Record<string, string>;
}

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
  const secret = await readSecret(kubectl);
  const file = Buffer.from(secret.data[KEY] ?? "", "base64").toString("utf8");
  if (action === "rotate") refuseTooSoon(secret, now);
  const changed = action === "rotate" ? rotated(file) : replaced();
  const object = {
    ...secret,
    metadata: {
      ...secret.metadata,
      annotations: { ...secret.metadata.annotations, [ROTATED_AT]: now.toISOString() },
    },
    data: { ...secret.data, [KEY]: Buffer.from(changed).toString("base64") },
  };
  // With the version that was read: a change that came between is not overwritten.
  await kubectl(["replace", "-f", "-"], { input: JSON.stringify(object) }).catch((cause) => {
    throw new CommandFailure("the keys were not changed; run it again", { cause });
  });
  return keyIds(changed);
}

async function readSecret(kubectl: PlatformKubectl): Promise<StoredSecret> {
  const text = await kubectl(["get", "secret", SECRET, "-o", "json"]).catch((cause) => {
    throw new CommandFailure("the platform has no signing keys yet: `npm run up` makes them", {
      exitCode: 3,
      cause,
    });
  });
  return JSON.parse(text) as StoredSecret;
}

function refuseTooSoon({ metadata }: StoredSecret, now: Date): void {
  const before = metadata.annotations?.[ROTATED_AT];
  if (before === undefined) return;
  const left = new Date(before).getTime() + PAUSE_MS - now.getTime();
  if (left <= 0) return;
  throw new CommandFailure(
    `the keys were changed at ${before}, and what the one before has signed is still valid: wait ` +
      `${Math.ceil(left / 60_000)} min, or end all access tokens now with \`npm run keys -- replace\``,
  );
}
