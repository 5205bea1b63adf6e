export type { Addition, Change, Fault, Path } from "./fault.ts";
export { describeFault, formatPath } from "./fault.ts";
export type { Props, ResourceRule, StackFault, StackResource, StackRule } from "./rule.ts";
export { resourceRule, stackRule } from "./rule.ts";
