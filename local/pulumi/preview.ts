import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ResourceTransformation, runtime } from "@pulumi/pulumi";
import type { EngineEvent, OpMap, PolicyEvent } from "@pulumi/pulumi/automation/index.js";
import { type Instance, resolveInstance } from "../instance.ts";
import type { StepContext } from "../progress.ts";
import { REPOSITORY } from "../repository.ts";
import type { Toolchain } from "../toolchain/index.ts";
import { CommandFailure, lastLines } from "../ui/failure.ts";
import { installAwsRecorder } from "./aws-recorder/install.ts";
import { type DumpedResource, resourcesIn } from "./dump.ts";
import { watchUpdate } from "./engine-events.ts";
import { installKubernetesPlugin } from "./kubernetes-plugin/install.ts";
import { installPolicyRunner } from "./policy-runner.ts";
import { inventSurroundings } from "./preview-surroundings.ts";
import { writeStackSettings } from "./stack-settings.ts";
import { openStack, prepareEngine } from "./workspace.ts";

export interface Violation {
  readonly rule: string;
  readonly mandatory: boolean;
  /** The resource, what is wrong and the smallest change that passes. */
  readonly message: string;
  /** Why the rule is there. */
  readonly rationale: string;
}

export interface Preview {
  /** Number of resources by what an update would do to them, as in `{ create: 42 }`. */
  readonly changes: OpMap;
  /** Packs that took part, as in `["mobile-ai-agent-kubernetes"]`. */
  readonly packs: readonly string[];
  readonly violations: readonly Violation[];
  /** Every resource as the program gives it. */
  readonly resources: readonly DumpedResource[];
}

/**
 * `pulumi preview` of the program in `infra/` as a new stack, judged by the policy packs. It needs neither a cluster nor
 * an account: the state is temporary, the Kubernetes provider answers previews by itself, and a recorder stands in for
 * the one of AWS.
 *
 * @param stack one with a `Pulumi.<stack>.yaml`
 * @param options.transform changes resources before the engine sees them, such as a test that plants a fault
 * @throws CommandFailure when the preview fails otherwise than by a policy, or a pack did not take part.
 */
export async function previewStack(
  stack: string,
  options: { readonly toolchain: Toolchain; readonly transform?: ResourceTransformation },
  ctx: StepContext,
): Promise<Preview> {
  const root = await mkdtemp(join(tmpdir(), "mobile-ai-agent-preview-"));
  try {
    const pulumi = await options.toolchain.ensure("pulumi", ctx);
    const instance = resolveInstance("default", { XDG_STATE_HOME: root });
    return await previewIn(root, { ...options, stack, instance, pulumi }, ctx);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

interface PreviewOptions {
  readonly stack: string;
  readonly instance: Instance;
  readonly pulumi: string;
  readonly toolchain: Toolchain;
  readonly transform?: ResourceTransformation;
}

async function previewIn(root: string, options: PreviewOptions, ctx: StepContext): Promise<Preview> {
  const { stack: name, instance, pulumi } = options;
  ctx.report("loading the program");
  const paths = await prepareEngine(instance, pulumi);
  await installKubernetesPlugin(paths.home);
  await installAwsRecorder(paths.home);
  await installPolicyRunner(paths);
  const committed = await readFile(join(REPOSITORY, `Pulumi.${name}.yaml`), "utf8");
  const surroundings = await inventSurroundings({ ...options, root, committed }, ctx);
  await writeStackSettings(paths.work, name, surroundings.decided);
  const { default: program } = await import("../../infra/index.ts");
  const stack = await openStack(paths, name, async () => {
    if (options.transform) runtime.registerStackTransformation(options.transform);
    return { ...(await program()) };
  });
  ctx.signal.throwIfAborted();

  ctx.report("previewing");
  const watcher = watchUpdate(ctx.report);
  const events: EngineEvent[] = [];
  const failure = await stack
    .preview({
      policyPacks: surroundings.packs,
      signal: ctx.signal,
      color: "never",
      onEvent: (event) => {
        events.push(event);
        watcher.onEvent(event);
      },
    })
    .then(
      () => undefined,
      (error: unknown) => error ?? new Error("the preview failed"),
    );
  ctx.signal.throwIfAborted();
  const outcome = { failure, failures: watcher.failures() };
  const preview = readPreview(events, outcome, surroundings.packs.length);
  return { ...preview, resources: resourcesIn(events, root) };
}

/**
 * @param outcome `failure` of the engine, if any, and the `failures` of resources. A mandatory violation makes the engine
 *   fail too, without which a failure is one of the preview itself.
 * @param expected number of packs that had to take part
 */
export function readPreview(
  events: readonly EngineEvent[],
  outcome: { failure?: unknown; failures: readonly string[] },
  expected: number,
): Omit<Preview, "resources"> {
  const violations = events.flatMap(({ policyEvent }) => (policyEvent ? [readViolation(policyEvent)] : []));
  const summary = events.findLast((event) => event.summaryEvent)?.summaryEvent;
  const refused = violations.some(({ mandatory }) => mandatory);
  if (outcome.failure && !refused) {
    const { failure, failures } = outcome;
    const text = failure instanceof Error ? failure.message : String(failure);
    const reasons = failures.length > 0 ? failures : [lastLines(text, 8, "\n    ")];
    throw new CommandFailure(`the preview failed:\n${reasons.map((line) => `  ${line}`).join("\n")}`);
  }
  // The wire's name; the type's differs. A key is `<name>|local|<path>`.
  const ran = (summary as { PolicyPacks?: Record<string, string> } | undefined)?.PolicyPacks ?? {};
  const packs = Object.keys(ran).map((key) => key.split("|")[0] ?? key);
  if (!refused && packs.length < expected) {
    throw new CommandFailure(
      `the preview was not judged: the engine ran ${packs.length} of ${expected} policy packs`,
    );
  }
  return { changes: summary?.resourceChanges ?? {}, packs, violations };
}

/** The engine puts the rule's description, one line, before the message. */
function readViolation({ policyName, enforcementLevel, message }: PolicyEvent): Violation {
  const [rationale = "", ...lines] = message.trim().split("\n");
  return {
    rule: policyName,
    mandatory: enforcementLevel === "mandatory",
    message: lines.join("\n"),
    rationale,
  };
}
