import {
  type Addition,
  type Change,
  describeFault,
  type Fault,
  type Props,
  type ResourceRule,
  type StackFault,
  type StackResource,
  type StackRule,
} from "@mobile-ai-agent/policies-rule-kit";
import { describe, expect, test } from "vitest";
import { changed } from "./changed.ts";

interface Declared {
  readonly type: string;
  readonly props: Props;
  /** Taken from the metadata when left out. */
  readonly name?: string;
  /** Properties that are the id of another resource: its URN. */
  readonly refersTo?: Readonly<Record<string, string>>;
}

interface Failing {
  readonly stack: Declared | readonly Declared[];
  /** Text that the refusal has to have. */
  readonly says: string;
}

/**
 * Tests a rule by stacks that pass and stacks that don't. Of each refusal it proves the counterexample: the change that
 * it names makes the stack pass, and no part of the change can be left out.
 *
 * @param cases stacks by what is special about them
 */
export function describeRule(
  rule: ResourceRule | StackRule,
  cases: {
    readonly passing: Readonly<Record<string, Declared | readonly Declared[]>>;
    readonly failing: Readonly<Record<string, Failing>>;
  },
): void {
  describe(rule.name, () => {
    test.each(Object.entries(cases.passing))("lets pass: %s", async (_, stack) => {
      expect(await refusals(rule, declare(stack))).toEqual([]);
    });

    test.each(Object.entries(cases.failing))("refuses: %s", async (_, { stack, says }) => {
      const resources = declare(stack);
      const messages = await refusals(rule, resources);
      expect(messages.join("\n")).toContain(says);

      const faults = faultsIn(rule, resources);
      expect(messages).toEqual(faults.map((fault) => describeFault(fault.resource, fault)));
      const fix = faults.flatMap((fault) => fault.fix.map((step) => ({ step, of: fault.resource.urn })));
      expect(faultsIn(rule, applyAll(resources, fix))).toEqual([]);
      for (const left of fix) {
        const rest = fix.filter((step) => step !== left);
        expect(faultsIn(rule, applyAll(resources, rest)), "less of the change").not.toEqual([]);
      }
    });
  });
}

function declare(stack: Declared | readonly Declared[]): StackResource[] {
  return [stack].flat().map(({ type, props, name = props.metadata?.name ?? "example", refersTo = {} }) => {
    const references = Object.entries(refersTo).map(([key, urn]) => [key, [{ urn }]]);
    const propertyDependencies = Object.fromEntries(references);
    return { type, props, name, urn: urnOf(type, name), propertyDependencies };
  });
}

/** @returns the URN of a resource in the stacks that are tested here. */
export function urnOf(type: string, name: string): string {
  return `urn:pulumi:test::test::${type}::${name}`;
}

/** What CrossGuard would be told. */
async function refusals(rule: ResourceRule | StackRule, resources: StackResource[]): Promise<string[]> {
  const messages: string[] = [];
  const report = (message: string) => void messages.push(message);
  const args = { resources, stackTags: new Map(), getConfig: () => ({}), notApplicable: () => undefined };
  if ("validateStack" in rule) await rule.validateStack(args as never, report);
  else {
    const validate = [rule.validateResource ?? []].flat();
    for (const resource of resources) for (const run of validate) await run(resource as never, report);
  }
  return messages;
}

function faultsIn(rule: ResourceRule | StackRule, resources: StackResource[]): StackFault[] {
  if ("faultsIn" in rule) return rule.faultsIn(resources);
  return resources.flatMap((resource) =>
    rule.faultsOf(resource).map((fault: Fault) => ({ ...fault, resource })),
  );
}

interface Step {
  readonly step: Change | Addition;
  readonly of: string;
}

function applyAll(resources: StackResource[], steps: readonly Step[]): StackResource[] {
  return steps.reduce(apply, resources);
}

function apply(resources: StackResource[], { step, of }: Step): StackResource[] {
  if ("add" in step) return [...resources, ...declare(step.add)];
  const target = step.on ?? of;
  return resources.map((resource) =>
    resource.urn === target
      ? { ...resource, props: changed(resource.props, step.path, step.example ?? step.value) }
      : resource,
  );
}
