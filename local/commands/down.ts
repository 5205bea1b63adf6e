import { rm, rmdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { stopProcesses } from "../cluster/index.ts";
import { type Instance, resolveInstance } from "../instance.ts";
import { lockFile, withLock } from "../lock.ts";
import { findPlatform } from "../platform.ts";
import { destroy } from "../pulumi/driver.ts";
import { createToolchain } from "../toolchain/index.ts";
import { runSteps, type Step } from "../ui/steps.ts";

/**
 * Removes what `up` made, however far it came: on an own cluster the platform's objects, on this machine every
 * process, mount, network device, volume and file. Only the cache of downloads and builds stays. Safe to repeat.
 *
 * @throws CommandFailure with the cause; what is left can be removed by another `down`.
 */
export async function down(options: { instance: string; signal: AbortSignal }): Promise<void> {
  const instance = resolveInstance(options.instance);
  await withLock(lockFile(instance), "npm run down", async () => {
    const platform = await findPlatform(instance);
    const remove = platform?.cluster === "context" ? destroyStep(instance) : stopStep(instance);
    // Its own folder is among what goes.
    const logFile = join(tmpdir(), `${instance.prefix}-down.log`);
    await runSteps([remove], { logFile, signal: options.signal });
    await runSteps([dataStep(instance)], { logFile, signal: options.signal });
    await rm(logFile, { force: true });
  });
  // Fails when another instance is there, as it should.
  await rmdir(dirname(instance.stateDir)).catch(() => {});
}

function stopStep(instance: Instance): Step {
  return {
    title: "Cluster",
    run: async (ctx) => {
      ctx.report("ending its processes");
      await stopProcesses(instance);
      return "stopped";
    },
  };
}

function destroyStep(instance: Instance): Step {
  return {
    title: "Deployment",
    run: async (ctx) => {
      await destroy(instance, { pulumi: await createToolchain().ensure("pulumi", ctx) }, ctx);
      return "removed";
    },
  };
}

function dataStep(instance: Instance): Step {
  return {
    title: "Data",
    run: async () => {
      await rm(instance.stateDir, { recursive: true, force: true });
      return "removed";
    },
  };
}
