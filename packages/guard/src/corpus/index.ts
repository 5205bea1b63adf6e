export * from "./generate.ts";
export * from "./measure.ts";
