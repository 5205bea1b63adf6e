import { delimiter, dirname } from "node:path";
import type { StepContext } from "../progress.ts";
import {
  BROWSER_PACKAGES,
  createToolchain,
  ensureModel,
  ensurePackages,
  type ToolName,
} from "../toolchain/index.ts";
import { runSteps } from "../ui/steps.ts";
import type { SuiteName } from "./suites.ts";

interface TestMachine {
  /** Where the tests find what they need. */
  readonly env: Record<string, string>;
  /** Suites that can't run here, with the reason. */
  readonly cannotRun: Partial<Record<SuiteName, string>>;
}

/** What the integration tests run for real, and the variable that names it to them. */
const TOOL_VARIABLES: Partial<Record<ToolName, string>> = {
  ferretdb: "FERRETDB_BINARY",
  pulumi: "PULUMI_BINARY",
  "kube-apiserver": "KUBE_APISERVER_BINARY",
  kubectl: "KUBECTL_BINARY",
  traefik: "TRAEFIK_BINARY",
  actionlint: "ACTIONLINT_BINARY",
  syft: "SYFT_BINARY",
  versitygw: "VERSITYGW_BINARY",
};

/**
 * Installs and builds what the chosen suites need.
 *
 */
export async function prepareTestMachine(
  chosen: readonly SuiteName[],
  options: { logFile: string; signal: AbortSignal },
): Promise<TestMachine> {
  const env: Record<string, string> = {
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
  };
  const cannotRun: TestMachine["cannotRun"] = {};
  const real = chosen.filter((name) => name === "integration" || name === "e2e");
  if (real.length === 0) return { env, cannotRun };

  const reason = unfitness();
  if (reason) {
    for (const name of real) cannotRun[name] = reason;
    return { env, cannotRun };
  }
  await runSteps([{ title: "Test machine", run: (ctx) => obtain(env, ctx) }], options);
  return { env, cannotRun };
}

function unfitness(): string | undefined {
  if (process.platform !== "linux") return "it needs Debian; this is another system";
  if (process.getuid?.() !== 0)
    return "it installs Debian packages and makes a cluster, which needs root: sudo npm test";
  return undefined;
}

async function obtain(env: Record<string, string>, ctx: StepContext): Promise<string> {
  const packages = await ensurePackages(ctx, BROWSER_PACKAGES);
  const toolchain = createToolchain();
  for (const [tool, variable] of Object.entries(TOOL_VARIABLES)) {
    env[variable] = await toolchain.ensure(tool as ToolName, ctx);
  }
  env.MODEL_FILE = await ensureModel(ctx);
  return `packages ${packages}, ${Object.keys(TOOL_VARIABLES).length} tools, model`;
}
