export { changed } from "./changed.ts";
export { describeRule } from "./describe-rule.ts";
