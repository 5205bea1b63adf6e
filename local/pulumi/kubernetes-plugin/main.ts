import { enableCompileCache } from "node:module";

// The engine starts the plugin for every operation; a second start then skips compiling.
enableCompileCache();
const { serveKubernetesPlugin } = await import("./serve.ts");
await serveKubernetesPlugin(process.argv.slice(2));
