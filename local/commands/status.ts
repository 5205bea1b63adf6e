import { requireRunningCluster } from "../cluster/index.ts";
import { resolveInstance } from "../instance.ts";
import { readPlatform } from "../platform.ts";
import { isReady, readWorkloads } from "../readiness.ts";
import { CommandFailure } from "../ui/failure.ts";

const NOT_READY = 3;

/** What runs and where. Sets exit status 3 when something is not ready. */
export async function status(options: { instance: string }): Promise<void> {
  const instance = resolveInstance(options.instance);
  const platform = await readPlatform(instance);
  const lines: [string, string][] = [];
  let ready = true;

  if (platform.cluster === "built-in") {
    lines.push(["cluster", `${await requireRunningCluster(instance)} daemons run`]);
  } else {
    lines.push(["cluster", `context ${platform.context}`]);
  }
  const workloads = await readWorkloads(platform).catch((cause) => {
    throw new CommandFailure("the cluster does not answer: `npm run up` starts it again", {
      exitCode: NOT_READY,
      cause,
    });
  });
  for (const workload of workloads) {
    ready &&= isReady(workload);
    lines.push([workload.name, `${workload.ready}/${workload.wanted} ready`]);
  }
  lines.push(["address", platform.url ?? "not deployed"]);
  lines.push(["kubeconfig", platform.kubeconfig]);

  const width = Math.max(...lines.map(([name]) => name.length));
  for (const [name, value] of lines) process.stdout.write(`${name.padEnd(width)}  ${value}\n`);
  if (!ready) process.exitCode = NOT_READY;
}
