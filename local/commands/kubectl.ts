import { execa } from "execa";
import { resolveInstance } from "../instance.ts";
import { readRunningPlatform } from "../running-platform.ts";

/** Runs kubectl of the toolchain on the platform's cluster; its exit status becomes ours. */
export async function kubectl(options: {
  instance: string;
  args: string[];
  signal: AbortSignal;
}): Promise<void> {
  const platform = await readRunningPlatform(resolveInstance(options.instance));
  const context = platform.context ? ["--context", platform.context] : [];
  const result = await execa(platform.kubectl, [...context, ...options.args], {
    stdio: "inherit",
    reject: false,
    env: { KUBECONFIG: platform.kubeconfig },
    cancelSignal: options.signal,
  });
  process.exitCode = result.exitCode ?? 1;
}
