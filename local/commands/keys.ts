import { runBackupJob } from "../backup/run-job.ts";
import { resolveInstance } from "../instance.ts";
import { changeKeys } from "../keys/change-keys.ts";
import { finishRotation, rotateContent } from "../keys/rotate-content.ts";
import { kubectlOn } from "../platform-kubectl.ts";
import { readRunningPlatform } from "../running-platform.ts";
import { CommandFailure } from "../ui/failure.ts";

interface KeysOptions {
  readonly action: "rotate" | "replace" | "finish";
  readonly what: "tokens" | "content";
  readonly instance: string;
  readonly signal: AbortSignal;
}

/** Changes the keys that sign access tokens, or those that seal what users say, and prints what has changed. */
export async function keys(options: KeysOptions): Promise<void> {
  const { action, what } = options;
  if (what === "content") return await contentKeys(options);
  if (action === "finish") {
    throw new CommandFailure("keys of tokens need no finish: only `npm run keys -- finish content` does");
  }
  const platform = await readRunningPlatform(resolveInstance(options.instance));
  const [signing, ...others] = await changeKeys(kubectlOn(platform, options.signal), action);
  process.stdout.write(
    `within two minutes access tokens are signed with ${signing}\nalso published: ${others.join(", ")}\n`,
  );
}

async function contentKeys({ action, instance, signal }: KeysOptions): Promise<void> {
  if (action === "replace") {
    throw new CommandFailure(
      "keys of contents can't be replaced at once, or what they seal would be lost: rotate, then finish",
    );
  }
  const platform = await readRunningPlatform(resolveInstance(instance));
  const kubectl = kubectlOn(platform, signal);
  if (action === "rotate") {
    const rewrapped = await rotateContent({ kubectl });
    process.stdout.write(
      `${rewrapped} data keys were wrapped by the new master key; the one before goes with \`npm run keys -- finish ` +
        "content`, an hour from now or later\n",
    );
    return;
  }
  await finishRotation({ kubectl, backUp: () => runBackupJob(platform, ["backup"], signal) });
  process.stdout.write("the keys before are gone, from the platform and from what its backups need\n");
}
