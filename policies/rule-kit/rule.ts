import type {
  EnforcementLevel,
  PolicyResource,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import { describeFault, type Fault } from "./fault.ts";

// biome-ignore lint/suspicious/noExplicitAny: the inputs of any resource, as @pulumi/policy gives them
export type Props = Record<string, any>;

interface RuleArgs {
  /** kebab-case, unique in its pack. */
  readonly name: string;
  /** Why the rule is there, and what to do. */
  readonly description: string;
  readonly enforcementLevel: EnforcementLevel;
}

export interface ResourceRule extends ResourceValidationPolicy {
  readonly faultsOf: (resource: { type: string; props: Props }) => Fault[];
}

/** A resource of a stack as a stack rule sees it. */
export interface StackResource extends Pick<PolicyResource, "type" | "name" | "urn" | "props"> {
  /** The resources whose outputs a property is made of. */
  readonly propertyDependencies?: Readonly<Record<string, readonly { readonly urn: string }[]>>;
}

export interface StackFault extends Fault {
  readonly resource: StackResource;
}

export interface StackRule extends StackValidationPolicy {
  readonly faultsIn: (resources: readonly StackResource[]) => StackFault[];
}

/**
 * A rule on one resource at a time: CrossGuard sees its inputs, before anything is made.
 *
 * @param types the type tokens it is about; others are left alone.
 * @param check yields what is wrong. A value that is not known yet makes the engine report the rule as not run.
 */
export function resourceRule(
  args: RuleArgs & {
    readonly types: readonly string[];
    readonly check: (props: Props, type: string) => Iterable<Fault>;
  },
): ResourceRule {
  const { types, check, ...policy } = args;
  const faultsOf: ResourceRule["faultsOf"] = ({ type, props }) =>
    types.includes(type) ? [...check(props, type)] : [];
  return {
    ...policy,
    faultsOf,
    validateResource: (resource, report) => {
      for (const fault of faultsOf(resource)) report(describeFault(resource, fault));
    },
  };
}

/** A rule on how the resources of a stack fit together. */
export function stackRule(
  args: RuleArgs & { readonly check: (resources: readonly StackResource[]) => Iterable<StackFault> },
): StackRule {
  const { check, ...policy } = args;
  const faultsIn: StackRule["faultsIn"] = (resources) => [...check(resources)];
  return {
    ...policy,
    faultsIn,
    validateStack: ({ resources }, report) => {
      for (const fault of faultsIn(resources))
        report(describeFault(fault.resource, fault), fault.resource.urn);
    },
  };
}
