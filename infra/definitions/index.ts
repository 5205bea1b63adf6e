import { CustomResourceDefinition } from "@pulumi/kubernetes/apiextensions/v1/customResourceDefinition.js";
import type * as pulumi from "@pulumi/pulumi";
import type { DefinitionFile } from "./files.ts";
import { readDefinitions } from "./read.ts";

/** Makes the kinds that the files define. They stay in the cluster: removing one removes every object of its kind. */
export async function createDefinitions(
  files: readonly DefinitionFile[],
  folder: string | undefined,
  opts: pulumi.CustomResourceOptions,
): Promise<CustomResourceDefinition[]> {
  const definitions = await Promise.all(files.map((file) => readDefinitions(file, folder)));
  return definitions
    .flat()
    .map(
      ({ apiVersion, kind, metadata, spec }) =>
        new CustomResourceDefinition(
          metadata.name,
          { apiVersion, kind, metadata, spec },
          { ...opts, retainOnDelete: true },
        ),
    );
}
