export { ensureModel } from "./model.ts";
export { ensurePackages } from "./packages.ts";
export { createToolchain, type Toolchain } from "./toolchain.ts";
export type { ToolName } from "./tools.ts";
