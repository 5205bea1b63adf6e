import { execa } from "execa";
import type { Platform } from "./platform.ts";

/** Runs kubectl in the platform's namespace. Secrets go by standard input: arguments are seen by everyone. */
export type PlatformKubectl = (args: readonly string[], options?: { input?: string }) => Promise<string>;

/** @returns what kubectl prints; it rejects with kubectl's own error */
export function kubectlOn(platform: Platform, signal: AbortSignal): PlatformKubectl {
  const access = [...(platform.context ? ["--context", platform.context] : []), "-n", platform.namespace];
  return async (args, { input } = {}) => {
    const { stdout } = await execa(platform.kubectl, [...access, ...args], {
      env: { KUBECONFIG: platform.kubeconfig },
      cancelSignal: signal,
      ...(input !== undefined && { input }),
    });
    return stdout;
  };
}
