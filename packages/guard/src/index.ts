export * from "./input/inspect.ts";
export type { Source } from "./input/rules.ts";
