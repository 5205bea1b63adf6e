import { enableCompileCache } from "node:module";

enableCompileCache();
const { serveProvider } = await import("../provider-kit/serve.ts");
const { recordedVersion } = await import("./install.ts");
const { AwsRecorder } = await import("./recorder.ts");
await serveProvider(new AwsRecorder(), {
  version: recordedVersion(),
  unsupported: "needs Pulumi's own AWS plugin; this one is a test double for previews",
});
