import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { LocalWorkspace, PulumiCommand, type Stack } from "@pulumi/pulumi/automation/index.js";
import type { Json } from "../../provider-kit/values.ts";
import { installKubernetesPlugin, PLUGIN_VERSION } from "../install.ts";

/** Declares one object of any kind. */
export type Declare = (
  type: string,
  name: string,
  inputs: Json,
  options?: pulumi.CustomResourceOptions,
) => KubernetesObject;

class KubernetesObject extends pulumi.CustomResource {
  declare readonly metadata: pulumi.Output<{ name: string; namespace: string }>;
  declare readonly spec: pulumi.Output<Json>;
}

export interface TestStack {
  readonly stack: Stack;
  /** Makes `program` what the next operation runs. */
  use(program: (declare: Declare) => void): void;
  /** Folder that the processes of this stack, and no others, have on their command line or as PULUMI_HOME. */
  readonly home: string;
  remove(): Promise<void>;
}

/**
 * A stack in the real engine with this plugin, a state of its own and a program that each test chooses.
 * The engine is `PULUMI_BINARY`, else `pulumi` on PATH.
 */
export async function createTestStack(kubeconfig: string): Promise<TestStack> {
  const home = await mkdtemp(join(tmpdir(), "plugin test's-"));
  await installKubernetesPlugin(home);
  let current: (declare: Declare) => void = () => undefined;
  const program = async (): Promise<void> => {
    const provider = new KubernetesProviderResource(kubeconfig);
    current((type, name, inputs, options) => {
      const declared = { metadata: undefined, spec: undefined, ...inputs };
      return new KubernetesObject(`kubernetes:${type}`, name, declared, {
        provider,
        version: PLUGIN_VERSION,
        ...options,
      });
    });
  };
  const binary = process.env.PULUMI_BINARY;
  // PulumiCommand looks for bin/pulumi below a root; a bare binary is found on PATH alone.
  if (binary) process.env.PATH = `${dirname(binary)}:${process.env.PATH}`;
  const stack = await LocalWorkspace.createStack(
    { stackName: "test", projectName: "plugin-test", program },
    {
      pulumiHome: home,
      pulumiCommand: await PulumiCommand.get({ skipVersionCheck: true }),
      projectSettings: {
        name: "plugin-test",
        runtime: "nodejs",
        backend: { url: `file://${encodeURI(home)}` },
      },
      envVars: { PULUMI_CONFIG_PASSPHRASE: "test", PULUMI_SKIP_UPDATE_CHECK: "true", PULUMI_HOME: home },
    },
  );
  return {
    stack,
    home,
    use: (next) => {
      current = next;
    },
    remove: () => rm(home, { recursive: true, force: true }),
  };
}

class KubernetesProviderResource extends pulumi.ProviderResource {
  constructor(kubeconfig: string) {
    super("kubernetes", "cluster", { kubeconfig: pulumi.secret(kubeconfig) }, { version: PLUGIN_VERSION });
  }
}
