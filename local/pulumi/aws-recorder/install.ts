import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { installPlugin } from "../provider-kit/install.ts";

/** The release of the npm package `@pulumi/aws`, whose plugin the recorder stands in for. */
export function recordedVersion(): string {
  return (createRequire(import.meta.url)("@pulumi/aws/package.json") as { version: string }).version;
}

/** Puts the recorder where the engine looks for the plugin of AWS. */
export function installAwsRecorder(pulumiHome: string): Promise<void> {
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  return installPlugin(pulumiHome, { name: "aws", version: recordedVersion(), main });
}
