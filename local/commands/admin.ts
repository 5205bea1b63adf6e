import { resolveInstance } from "../instance.ts";
import { kubectlOn } from "../platform-kubectl.ts";
import { POD_PROGRAM, runInPod } from "../run-in-pod.ts";
import { readRunningPlatform } from "../running-platform.ts";
import { CommandFailure } from "../ui/failure.ts";

/**
 * Makes a user an administrator, or takes that away, or lists erasures, in a pod of auth-service: only it reaches the
 * database. Who may execute commands in pods of the cluster may do this.
 */
export async function admin(options: {
  action: "grant" | "revoke" | "erasures";
  username?: string | undefined;
  instance: string;
  signal: AbortSignal;
}): Promise<void> {
  const { action, username } = options;
  const platform = await readRunningPlatform(resolveInstance(options.instance));
  if (action === "erasures") {
    const exitCode = await runInPod(platform, "deployment/auth-service", [action], options.signal);
    if (exitCode !== 0) throw new CommandFailure("erasures could not be listed");
    return;
  }
  if (username === undefined) throw new CommandFailure(`whom? npm run admin -- ${action} USERNAME`);
  const kubectl = kubectlOn(platform, options.signal);
  await kubectl(["exec", "deployment/auth-service", "--", ...POD_PROGRAM, action, username]).catch(
    (cause) => {
      throw new CommandFailure(`the role of ${username} was not changed`, { cause });
    },
  );
  process.stdout.write(
    action === "grant"
      ? `${username} is an administrator\n`
      : `${username} is no administrator any more, and has to sign in again\n`,
  );
}
