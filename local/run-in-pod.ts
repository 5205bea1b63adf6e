import { execa } from "execa";
import type { Platform } from "./platform.ts";

/** As the image starts the service, with what to do instead of serving. */
export const POD_PROGRAM = ["/usr/local/bin/node", "--enable-source-maps", "main.mjs"] as const;

/**
 * Runs a service's program in one of its pods, with other arguments; its output goes to ours as it comes.
 *
 * @param pod as kubectl names it, e.g. `deployment/auth-service`
 * @returns its exit status
 */
export async function runInPod(
  { kubectl, kubeconfig, context, namespace }: Platform,
  pod: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  const access = [...(context ? ["--context", context] : []), "-n", namespace];
  const { exitCode } = await execa(kubectl, [...access, "exec", pod, "--", ...POD_PROGRAM, ...args], {
    stdio: ["ignore", "inherit", "inherit"],
    reject: false,
    env: { KUBECONFIG: kubeconfig },
    cancelSignal: signal,
  });
  signal.throwIfAborted();
  return exitCode ?? 1;
}
