import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { builtInClusterSteps } from "../deployment/built-in-cluster.ts";
import { ownClusterSteps } from "../deployment/own-cluster.ts";
import { type Instance, resolveInstance } from "../instance.ts";
import { lockFile, withLock } from "../lock.ts";
import { findPlatform, readPlatform } from "../platform.ts";
import { CommandFailure } from "../ui/failure.ts";
import { runSteps } from "../ui/steps.ts";

interface UpOptions {
  readonly instance: string;
  readonly context?: string;
  readonly registry?: string;
  readonly signal: AbortSignal;
}

const WRONG_USE = 2;

/**
 * Makes everything that is missing and deploys the platform. Safe to repeat, and to run after a crash at any point.
 *
 * @throws CommandFailure naming the step that failed, its cause and the log.
 */
export async function up(options: UpOptions): Promise<void> {
  const instance = resolveInstance(options.instance);
  const { context, registry, signal } = options;
  const started = Date.now();
  await withLock(lockFile(instance), "npm run up", async () => {
    await refuseAnotherCluster(instance, context);
    if (context && !registry) {
      throw new CommandFailure(
        "--context needs --registry REF, from where that cluster can pull the images",
        {
          exitCode: WRONG_USE,
        },
      );
    }
    if (!context) checkMachine();
    const steps =
      context && registry ? ownClusterSteps(instance, { context, registry }) : builtInClusterSteps(instance);
    await runSteps(steps, { logFile: join(instance.logDir, "up.log"), signal });
  });
  await welcome(instance, Date.now() - started);
}

async function refuseAnotherCluster(instance: Instance, context: string | undefined): Promise<void> {
  const existing = await findPlatform(instance);
  if (!existing || existing.context === context) return;
  const [there, wanted] = [existing.context, context].map((name) =>
    name ? `context ${name}` : "the built-in cluster",
  );
  throw new CommandFailure(
    `a platform runs on ${there} already: \`npm run down\` first to move it to ${wanted}`,
    {
      exitCode: WRONG_USE,
    },
  );
}

function checkMachine(): void {
  const other = "or deploy to a cluster that you have with `npm run up -- --context NAME --registry REF`";
  if (process.platform !== "linux")
    throw new CommandFailure(`the built-in cluster needs Linux: use such a machine, ${other}`);
  if (process.getuid?.() !== 0) {
    throw new CommandFailure(
      `the built-in cluster needs root for its namespaces: run \`sudo npm run up\`, ${other}`,
    );
  }
}

/** Says where the app is, and how a browser comes to trust it. */
async function welcome(instance: Instance, tookMs: number): Promise<void> {
  const { url, caCertificate } = await readPlatform(instance);
  const authority = join(instance.stateDir, "authority.crt");
  if (caCertificate) await writeFile(authority, caCertificate);
  const flag = instance.name === "default" ? "" : ` --instance ${instance.name}`;
  process.stdout.write(
    [
      "",
      `The platform is ready after ${Math.round(tookMs / 1000)} s.`,
      `  open     ${url}`,
      ...(caCertificate
        ? [`  trust    accept the browser's warning once, or import ${authority} into it`]
        : []),
      `  chat     npm run chat --${flag} "Why is the sky blue?"`,
      `  status   npm run status${flag && ` --${flag}`}`,
      `  remove   npm run down${flag && ` --${flag}`}`,
      "",
    ].join("\n"),
  );
}
