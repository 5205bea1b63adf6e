import { readFile } from "node:fs/promises";
import type { KubeConfig } from "@kubernetes/client-node";
import { type Json, textAt, UNKNOWN } from "../provider-kit/values.ts";
import { KubernetesClient } from "./client.ts";

/**
 * @param settings the provider's inputs, without secret marks: `kubeconfig` (contents or path), `context`, `namespace`.
 * @throws Error when the kubeconfig can't be read or lacks the context.
 */
export async function createClient(settings: Json): Promise<KubernetesClient> {
  // Half a second of loading that must not delay the plugin's start.
  const { KubeConfig } = await import("@kubernetes/client-node/dist/config.js");
  const config = new KubeConfig();
  if (settings.kubeconfig !== UNKNOWN) await load(config, textAt(settings, "kubeconfig"));
  const context = textAt(settings, "context");
  if (context) {
    if (!config.getContextObject(context)) {
      const known = config.getContexts().map((item) => item.name);
      throw new Error(`the kubeconfig has no context "${context}"; it has: ${known.join(", ") || "none"}`);
    }
    config.setCurrentContext(context);
  }
  const own = config.getContextObject(config.getCurrentContext())?.namespace;
  return new KubernetesClient({ config, namespace: textAt(settings, "namespace") || own || "default" });
}

async function load(config: KubeConfig, kubeconfig: string | undefined): Promise<void> {
  if (!kubeconfig) {
    config.loadFromDefault();
    return;
  }
  const isContents = kubeconfig.includes("\n") || kubeconfig.trimStart().startsWith("{");
  if (isContents) {
    parse(config, kubeconfig, "kubeconfig");
    return;
  }
  const text = await readFile(kubeconfig, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new Error(`kubeconfig: can't read ${kubeconfig}: ${error.code ?? error.message}`);
  });
  parse(config, text, kubeconfig);
  const folder = kubeconfig.slice(0, kubeconfig.lastIndexOf("/") + 1) || ".";
  config.makePathsAbsolute(folder);
}

function parse(config: KubeConfig, text: string, source: string): void {
  try {
    config.loadFromString(text);
  } catch {
    // The parser's message quotes the text, which holds credentials.
    throw new Error(`${source} is not a valid kubeconfig`);
  }
}
