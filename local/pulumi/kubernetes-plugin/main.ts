import { enableCompileCache } from "node:module";

// The engine starts the plugin for every operation; a second start then skips compiling.
enableCompileCache();
const { serveProvider } = await import("../provider-kit/serve.ts");
const { PLUGIN_VERSION } = await import("./install.ts");
const { KubernetesProvider } = await import("./provider.ts");
await serveProvider(new KubernetesProvider(), {
  version: PLUGIN_VERSION,
  unsupported: "needs Pulumi's own Kubernetes plugin; this one knows plain objects only",
});
