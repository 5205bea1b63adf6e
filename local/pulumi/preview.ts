import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineEvent, OpMap, PolicyEvent } from "@pulumi/pulumi/automation/index.js";
import { type Instance, resolveInstance } from "../instance.ts";
import type { StepContext } from "../progress.ts";
import { REPOSITORY } from "../repository.ts";
import { CommandFailure, lastLines } from "../ui/failure.ts";
import { watchUpdate } from "./engine-events.ts";
import { installKubernetesPlugin } from "./kubernetes-plugin/install.ts";
import { installPolicyRunner } from "./policy-runner.ts";
import { writeStackSettings } from "./stack-settings.ts";
import { openStack, prepareEngine } from "./workspace.ts";

const PACKS = [join(REPOSITORY, "policies", "kubernetes")];

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
}

/**
 * `pulumi preview` of the program in `infra/` as a new stack, judged by the policy packs. It needs no cluster: the state
 * is temporary, and the provider answers previews by itself.
 *
 * @param pulumi path of the engine's executable
 * @throws CommandFailure when the preview fails otherwise than by a policy, or a pack did not take part.
 */
export async function previewLocal(pulumi: string, ctx: StepContext): Promise<Preview> {
  const root = await mkdtemp(join(tmpdir(), "mobile-ai-agent-preview-"));
  try {
    return await previewIn(resolveInstance("default", { XDG_STATE_HOME: root }), pulumi, ctx);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function previewIn(instance: Instance, pulumi: string, ctx: StepContext): Promise<Preview> {
  ctx.report("loading the program");
  const paths = await prepareEngine(instance, pulumi);
  await installKubernetesPlugin(paths.home);
  await installPolicyRunner(paths);
  await writeFile(instance.kubeconfig, NO_CLUSTER, { mode: 0o600 });
  const machine = {
    kubeconfig: instance.kubeconfig,
    imageRegistry: "localhost/mobile-ai-agent",
  };
  await writeStackSettings(paths.work, machine);
  const { default: program } = await import("../../infra/index.ts");
  const stack = await openStack(paths, async () => ({ ...(await program()) }));
  ctx.signal.throwIfAborted();

  ctx.report("previewing");
  const watcher = watchUpdate(ctx.report);
  const events: EngineEvent[] = [];
  const failure = await stack
    .preview({
      policyPacks: PACKS,
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
  return readPreview(events, { failure, failures: watcher.failures() });
}

/** Context of nowhere: a preview asks no API server, and must not ask the one that the person happens to have. */
const NO_CLUSTER = JSON.stringify({
  apiVersion: "v1",
  kind: "Config",
  clusters: [{ name: "none", cluster: { server: "https://127.0.0.1:1" } }],
  users: [{ name: "none", user: {} }],
  contexts: [{ name: "none", context: { cluster: "none", user: "none" } }],
  "current-context": "none",
});

/**
 * @param outcome `failure` of the engine, if any, and the `failures` of resources. A mandatory violation makes the engine
 *   fail too, without which a failure is one of the preview itself.
 */
export function readPreview(
  events: readonly EngineEvent[],
  outcome: { failure?: unknown; failures: readonly string[] },
): Preview {
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
  if (!refused && packs.length < PACKS.length) {
    throw new CommandFailure("the preview was not judged: the engine ran no policy pack");
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
