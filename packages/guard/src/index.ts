export * from "./input/inspect.ts";
export type { Source } from "./input/rules.ts";
export { STRIPPED } from "./input/strip.ts";
export * from "./output/output-filter.ts";
export * from "./policy.ts";
