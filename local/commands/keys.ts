import { resolveInstance } from "../instance.ts";
import { changeKeys } from "../keys/change-keys.ts";
import { kubectlOn } from "../platform-kubectl.ts";
import { readRunningPlatform } from "../running-platform.ts";

/** Changes the keys that sign access tokens, and prints their ids. */
export async function keys(options: {
  action: "rotate" | "replace";
  instance: string;
  signal: AbortSignal;
}): Promise<void> {
  const platform = await readRunningPlatform(resolveInstance(options.instance));
  const [signing, ...others] = await changeKeys(kubectlOn(platform, options.signal), options.action);
  process.stdout.write(
    `within two minutes access tokens are signed with ${signing}\nalso published: ${others.join(", ")}\n`,
  );
}
