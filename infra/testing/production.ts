import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import type { Outputs } from "../index.ts";

export interface Resource {
  readonly type: string;
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: the inputs of any resource
  readonly inputs: any;
}

/** Outputs that others are made of. */
const OUTPUTS: Readonly<Record<string, (inputs: Resource["inputs"]) => object>> = {
  "aws:eks/cluster:Cluster": ({ vpcConfig }) => ({
    endpoint: "https://kubernetes.invalid",
    certificateAuthority: { data: "" },
    vpcConfig: { ...vpcConfig, clusterSecurityGroupId: "sg-nodes" },
  }),
  "aws:eks/nodeGroup:NodeGroup": () => ({ resources: [{ autoscalingGroups: [{ name: "asg" }] }] }),
  "aws:docdb/cluster:Cluster": () => ({ endpoint: "documents.invalid" }),
  "aws:elasticache/replicationGroup:ReplicationGroup": () => ({ primaryEndpointAddress: "cache.invalid" }),
};

/** @returns the configuration of `Pulumi.prod.yaml`, by its full keys. */
export async function committedConfig(): Promise<Record<string, unknown>> {
  const file = join(import.meta.dirname, "..", "..", "Pulumi.prod.yaml");
  return (parse(await readFile(file, "utf8")) as { config: Record<string, unknown> }).config;
}

/**
 * Runs the program as stack `prod` on Pulumi's mocks: test doubles of the engine and every provider.
 *
 * @param config keys of the program beside those of `Pulumi.prod.yaml`
 */
export async function runProduction(
  config: Readonly<Record<string, string>> = {},
): Promise<{ outputs: Outputs; resources: Resource[] }> {
  const resources: Resource[] = [];
  const texts = Object.entries(await committedConfig()).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        resources.push({ type, name, inputs });
        const state = { arn: `arn:${name}`, name, ...inputs, ...OUTPUTS[type]?.(inputs) };
        return { id: `${name}-id`, state };
      },
      call: ({ inputs }) => inputs,
    },
    "mobile-ai-agent",
    "prod",
    false,
  );
  const added = Object.entries(config).map(([key, value]) => [`mobile-ai-agent:${key}`, value]);
  pulumi.runtime.setAllConfig(Object.fromEntries([...texts, ...added]));
  const { default: program } = await import("../index.ts");
  const outputs = await program();
  await pulumi.runtime.disconnect();
  return { outputs, resources };
}
