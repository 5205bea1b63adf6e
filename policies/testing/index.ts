export { changed } from "./changed.ts";
export { describePack } from "./describe-pack.ts";
export { describeRule, urnOf } from "./describe-rule.ts";
