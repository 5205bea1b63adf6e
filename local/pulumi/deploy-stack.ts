import { globSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  type EngineEvent,
  LocalWorkspace,
  type OutputMap,
  type PreviewOptions,
  PulumiCommand,
  StackNotFoundError,
  type UpOptions,
} from "@pulumi/pulumi/automation/index.js";
import { parse, stringify } from "yaml";
import { resolveInstance } from "../instance.ts";
import type { StepContext } from "../progress.ts";
import { REPOSITORY } from "../repository.ts";
import { CommandFailure } from "../ui/failure.ts";
import { countChanges } from "./driver.ts";
import { watchUpdate } from "./engine-events.ts";
import { installPolicyRunner } from "./policy-runner.ts";
import { ensureKubernetesPlugin } from "./provider-plugin.ts";
import { PROJECT } from "./stack-settings.ts";
import { prepareEngine } from "./workspace.ts";

const PACKS = globSync("policies/*/PulumiPolicy.yaml", { cwd: REPOSITORY }).map((file) =>
  join(REPOSITORY, dirname(file)),
);

type JudgedOptions = PreviewOptions & UpOptions;

interface StackDeployment {
  /** Those that are no secrets. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** `42 created, 1 updated` or `0 changes` */
  readonly summary: string;
}

/**
 * `pulumi up` of a stack of the repository, judged by every policy pack before anything is made. State and secrets are
 * where the environment says (PULUMI_BACKEND_URL and the stack's secrets provider), as for the command line.
 *
 * @param options `pulumi`: path of the engine; `config`: keys of the program beside those of `Pulumi.<stack>.yaml`
 * @throws CommandFailure with each violation and each failed resource.
 */
export async function deployStack(
  options: { stack: string; pulumi: string; config: Readonly<Record<string, unknown>> },
  ctx: StepContext,
): Promise<StackDeployment> {
  const committed = await readFile(join(REPOSITORY, `Pulumi.${options.stack}.yaml`), "utf8").catch(() => {
    throw new CommandFailure(`there is no stack "${options.stack}": Pulumi.${options.stack}.yaml is missing`);
  });
  const root = await mkdtemp(join(tmpdir(), "mobile-ai-agent-deploy-"));
  try {
    const settings = stringify(withConfig(parse(committed), options.config));
    return await deployFrom(root, { ...options, settings }, ctx);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

function withConfig(settings: { config?: object }, config: Readonly<Record<string, unknown>>) {
  const added = Object.entries(config).map(([key, value]) => [`${PROJECT}:${key}`, value]);
  return { ...settings, config: { ...settings.config, ...Object.fromEntries(added) } };
}

async function deployFrom(
  root: string,
  options: { stack: string; pulumi: string; settings: string },
  ctx: StepContext,
): Promise<StackDeployment> {
  ctx.report("loading the program");
  const { stack: stackName, pulumi, settings } = options;
  const paths = await prepareEngine(resolveInstance("default", { XDG_STATE_HOME: root }), pulumi);
  await installPolicyRunner(paths);
  await writeFile(join(paths.work, `Pulumi.${stackName}.yaml`), settings, { mode: 0o600 });
  const { default: program } = await import("../../infra/index.ts");
  const stack = await LocalWorkspace.selectStack(
    { stackName, projectName: PROJECT, program: async () => ({ ...(await program()) }) },
    {
      workDir: paths.work,
      pulumiHome: paths.home,
      pulumiCommand: await PulumiCommand.get({ root: paths.engine }),
      projectSettings: { name: PROJECT, runtime: "nodejs" },
      envVars: { PULUMI_HOME: paths.home, PULUMI_SKIP_UPDATE_CHECK: "true" },
    },
  ).catch((cause: unknown) => {
    // Made here, a stack of a mistyped place would be a second platform beside the first.
    if (!(cause instanceof StackNotFoundError)) throw cause;
    throw new CommandFailure(
      `there is no stack "${stackName}" in ${process.env.PULUMI_BACKEND_URL ?? "Pulumi Cloud"}: check ` +
        `PULUMI_BACKEND_URL, or make it once with \`pulumi stack init ${stackName} --secrets-provider awskms://…\``,
    );
  });
  await ensureKubernetesPlugin(paths, pulumi, ctx);
  ctx.signal.throwIfAborted();
  // An update by itself judges each resource when it comes to it, when others have been made already.
  ctx.report("previewing");
  await judged("preview", (options) => stack.preview(options), ctx);
  const { outputs, summary } = await judged("update", (options) => stack.up(options), ctx);
  return { outputs: publicOutputs(outputs), summary: countChanges(summary.resourceChanges).summary };
}

/** Runs an operation of the engine with every policy pack of the repository. */
async function judged<T>(
  operation: string,
  run: (options: JudgedOptions) => Promise<T>,
  { signal, report }: StepContext,
): Promise<T> {
  const watcher = watchUpdate(report);
  const violations = new Set<string>();
  const onEvent = (event: EngineEvent) => {
    watcher.onEvent(event);
    if (event.policyEvent?.enforcementLevel !== "mandatory") return;
    violations.add(`${event.policyEvent.policyName}: ${event.policyEvent.message.trim()}`);
  };
  try {
    return await run({ policyPacks: PACKS, onEvent, signal, color: "never" });
  } catch (cause) {
    signal.throwIfAborted();
    const reasons = [...violations, ...watcher.failures()];
    if (reasons.length === 0) reasons.push(cause instanceof Error ? cause.message : String(cause));
    throw new CommandFailure(`the ${operation} failed:\n${reasons.map((line) => `  ${line}`).join("\n")}`);
  }
}

const publicOutputs = (outputs: OutputMap) =>
  Object.fromEntries(
    Object.entries(outputs).flatMap(([name, { secret, value }]) => (secret ? [] : [[name, value]])),
  );
