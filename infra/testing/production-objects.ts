import { type Resource, runProduction } from "./production.ts";

/** cert-manager brings its own kinds, as an add-on of EKS. */
const UNDEFINED_HERE = /^kubernetes:cert-manager\.io\//;

/**
 * @param definitionsFolder where the files are that `infra/definitions` names
 * @returns every Kubernetes object of production as a provider sends it
 */
export async function productionObjects(definitionsFolder: string): Promise<Resource["inputs"][]> {
  const { resources } = await runProduction({ definitionsFolder });
  return resources
    .filter(({ type }) => type.startsWith("kubernetes:") && !UNDEFINED_HERE.test(type))
    .map(({ inputs }) => reveal(inputs));
}

/** @returns the value with secrets in clear. */
function reveal(value: Resource["inputs"]): Resource["inputs"] {
  if (Array.isArray(value)) return value.map(reveal);
  if (typeof value !== "object" || value === null) return value;
  if ("4dabf18193072939515e22adb298388d" in value) return reveal(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, reveal(item)]));
}
