export { ensureModel } from "./model.ts";
export { BROWSER_PACKAGES, ensurePackages } from "./packages.ts";
export { createToolchain, type Toolchain } from "./toolchain.ts";
export type { ToolName } from "./tools.ts";
