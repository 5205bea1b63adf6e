import { fileURLToPath } from "node:url";
import { installPlugin } from "../provider-kit/install.ts";

/** The release of Pulumi's own plugin that this one stands in for; equals the npm package `@pulumi/kubernetes`. */
export const PLUGIN_VERSION = "4.34.2";

/**
 * Puts the plugin where the engine looks for `kubernetes` v{@link PLUGIN_VERSION}. Idempotent; safe while an engine runs.
 *
 * @param pulumiHome the engine's PULUMI_HOME; folders are made as needed.
 */
export function installKubernetesPlugin(pulumiHome: string): Promise<void> {
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  return installPlugin(pulumiHome, { name: "kubernetes", version: PLUGIN_VERSION, main });
}
