import { join } from "node:path";
import { execa } from "execa";
import type { Instance } from "../instance.ts";
import type { KubernetesObject } from "./addons/objects.ts";

/** kubectl on one instance's cluster. */
export interface Kubectl {
  run(args: readonly string[], options?: { input?: string; signal?: AbortSignal }): Promise<string>;
  /** Makes the objects be as given (server-side apply). */
  apply(objects: readonly KubernetesObject[], signal: AbortSignal): Promise<void>;
}

export function kubectlFor(instance: Instance, executable: string): Kubectl {
  const common = [
    "--kubeconfig",
    instance.kubeconfig,
    "--cache-dir",
    join(instance.stateDir, "kubectl-cache"),
  ];
  const run: Kubectl["run"] = async (args, options = {}) => {
    const { stdout } = await execa(executable, [...common, ...args], {
      ...(options.input === undefined ? {} : { input: options.input }),
      ...(options.signal ? { cancelSignal: options.signal } : {}),
    });
    return stdout;
  };
  return {
    run,
    async apply(objects, signal) {
      const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
      await run(["apply", "--server-side", "--force-conflicts", "-f", "-"], { input, signal });
    },
  };
}
