import type { CheckFailure } from "../provider-kit/provider.ts";
import { type Json, markSecretData, markSecretsLike, revealObject, textAt } from "../provider-kit/values.ts";
import type { KubernetesClient } from "./client.ts";
import { IMPORTED } from "./live-inputs.ts";
import { parseUrn, withName, withNamespace } from "./names.ts";
import type { Scopes } from "./scope.ts";

interface CheckOptions {
  readonly urn: string;
  /** As the program gave them, with secret marks. */
  readonly news: Json;
  readonly olds: Json | undefined;
  readonly client: KubernetesClient;
  readonly scopes: Scopes;
}

/** Completes a resource's inputs with a name and a namespace. @returns them with their secret marks, or what is wrong. */
export async function checkInputs(
  options: CheckOptions,
): Promise<{ inputs: Json; failures: CheckFailure[] }> {
  const { [IMPORTED]: _mark, ...news } = options.news;
  const plain = revealObject(news);
  const { type, name } = parseUrn(options.urn);
  const failures = findFailures(type, plain);
  if (failures.length > 0) return { inputs: news, failures };
  options.scopes.learn(plain);
  const named = withName(plain, name, options.olds && revealObject(options.olds));
  // Who names a namespace has one: the cluster is asked about the others only.
  const isPlaced = textAt(named, "metadata", "namespace") !== undefined;
  const isNamespaced = isPlaced || (await options.scopes.isNamespaced(named, options.client));
  const placed = isNamespaced ? withNamespace(named, options.client.namespace) : named;
  return { inputs: markSecretData(markSecretsLike(placed, news) as Json), failures };
}

function findFailures(type: string, inputs: Json): CheckFailure[] {
  const kindOfType = type.slice(type.lastIndexOf(":") + 1);
  if (type.startsWith("kubernetes:helm.sh/") || type.startsWith("kubernetes:kustomize")) {
    return [
      {
        property: "",
        reason: `${type} needs Pulumi's own Kubernetes plugin; this one knows plain objects only`,
      },
    ];
  }
  if (kindOfType.endsWith("Patch") && kindOfType === `${inputs.kind}Patch`) {
    return [
      {
        property: "",
        reason: `${type} needs Pulumi's own Kubernetes plugin; this one knows whole objects only`,
      },
    ];
  }
  return ["apiVersion", "kind"]
    .filter((property) => typeof inputs[property] !== "string" || inputs[property] === "")
    .map((property) => ({ property, reason: `${property} must be a text, such as ${EXAMPLES[property]}` }));
}

const EXAMPLES: Readonly<Record<string, string>> = { apiVersion: '"apps/v1"', kind: '"Deployment"' };
