import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Instance } from "../instance.ts";
import { isAlive } from "../process-identity.ts";
import type { StepContext } from "../progress.ts";
import { CommandFailure } from "../ui/failure.ts";
import { ensureCertificates } from "./certificates.ts";
import { createCgroup } from "./cgroups.ts";
import { type Daemon, type DaemonPlace, findDaemon, logTail, startDaemon, waitUntil } from "./daemons.ts";
import { kubeconfigFor } from "./kubeconfig.ts";
import { type Kubectl, kubectlFor } from "./kubectl.ts";
import { type ClusterLayout, clusterLayout, NODE_NAME } from "./layout.ts";
import { findNode, type Node, startNode } from "./node.ts";
import { type ClusterPlan, type ClusterTools, clusterPlan } from "./plan.ts";
import { daemonPlace, stopProcesses } from "./stop.ts";

/**
 * Starts what does not run yet of the one-node cluster and awaits its API server. A cluster that runs with other
 * executables or settings is started anew over the same data.
 *
 * @throws CommandFailure naming the daemon that ended, with the end of its log.
 */
export async function startCluster(
  instance: Instance,
  options: { tools: ClusterTools; pauseImage: string },
  ctx: StepContext,
): Promise<void> {
  const layout = clusterLayout(instance);
  const place = daemonPlace(instance);
  await mkdir(instance.stateDir, { recursive: true, mode: 0o700 });
  const encryptionConfig = await ensureEncryptionConfig(layout);
  const plan = clusterPlan(layout, options.tools, { pauseImage: options.pauseImage, encryptionConfig });

  const running = await findDaemon("node", place);
  if (!running || !isAlive(running) || running.fingerprint !== plan.fingerprint) {
    ctx.report("clearing what an earlier run left");
    await stopProcesses(instance);
  }
  ctx.report("making certificates and configuration");
  await ensureCertificates(layout);
  await writeConfiguration(instance, layout, plan);
  await createCgroup(layout.cgroup);

  ctx.report("starting the node");
  const node =
    (await findNode(place)) ??
    (await startNode({ instance, layout, place, init: options.tools.pause }, plan.fingerprint));
  for (const daemon of plan.base) await ensureDaemon(node, daemon, place);
  const kubectl = kubectlFor(instance, options.tools.kubectl);
  ctx.report("awaiting the API server");
  await awaitAnswer(kubectl, ["get", "--raw", "/readyz"], {
    limitMs: 120_000,
    daemons: plan.base,
    place,
    ctx,
  });
  for (const daemon of plan.clients) await ensureDaemon(node, daemon, place);
  ctx.report("awaiting the node");
  await awaitAnswer(kubectl, ["wait", "--for=condition=Ready", `node/${NODE_NAME}`, "--timeout=3s"], {
    limitMs: 120_000,
    daemons: [...plan.base, ...plan.clients],
    place,
    ctx,
  });
}

/** The entering process waits outside; what it starts must not outlive it, or it would be started twice. */
const BOUND = ["setpriv", "--pdeathsig", "KILL"] as const;

/**
 * Kubernetes' daemons end by themselves and count on being started again: a scheduler that loses its lease, a kube-proxy
 * that got no address of its node in time. One that ends at once won't do better the next time.
 */
const KEEP_UP = `while :; do
  begun=$(date +%s)
  ${BOUND.join(" ")} "$@"
  status=$?
  [ $(($(date +%s) - begun)) -lt 10 ] && exit $status
  echo "$0 ended with $status; it is started again"
  sleep 1
done`;

async function ensureDaemon(node: Node, daemon: Daemon, place: DaemonPlace): Promise<void> {
  const record = await findDaemon(daemon.name, place);
  if (record && isAlive(record)) return;
  const entered = node.enter(...BOUND, "sh", "-c", KEEP_UP, daemon.name, daemon.command, ...daemon.args);
  await startDaemon({ name: daemon.name, ...entered }, place, "");
}

async function awaitAnswer(
  kubectl: Kubectl,
  question: readonly string[],
  options: { limitMs: number; daemons: readonly Daemon[]; place: DaemonPlace; ctx: StepContext },
): Promise<void> {
  let problem: unknown;
  const answered = await waitUntil(
    async () => {
      for (const { name } of options.daemons) {
        const record = await findDaemon(name, options.place);
        if (record && isAlive(record)) continue;
        throw new CommandFailure(`${name} ended: ${await logTail(name, options.place)}`);
      }
      return kubectl.run(question, { signal: options.ctx.signal }).then(
        () => true,
        (error) => {
          problem = error;
          return false;
        },
      );
    },
    options.limitMs,
    options.ctx.signal,
  );
  if (!answered)
    throw new CommandFailure(`the cluster did not come up in time (${question.join(" ")})`, {
      cause: problem,
    });
}

async function writeConfiguration(
  instance: Instance,
  layout: ClusterLayout,
  plan: ClusterPlan,
): Promise<void> {
  for (const [file, content] of Object.entries(plan.files)) {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(file, content, { mode: 0o600 });
  }
  for (const identity of ["controller-manager", "scheduler", "kubelet", "kube-proxy"]) {
    const content = await kubeconfigFor(layout, identity, "node");
    await writeFile(join(layout.config, `${identity}.kubeconfig`), content, { mode: 0o600 });
  }
  await writeFile(instance.kubeconfig, await kubeconfigFor(layout, "admin", instance.prefix), {
    mode: 0o600,
  });
}

/** Secrets are encrypted before they reach etcd: https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/ */
async function ensureEncryptionConfig(layout: ClusterLayout): Promise<string> {
  const file = join(layout.pki, "encryption.json");
  if (await readFile(file).catch(() => undefined)) return file;
  await mkdir(layout.pki, { recursive: true, mode: 0o700 });
  const secret = randomBytes(32).toString("base64");
  const config = {
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "EncryptionConfiguration",
    resources: [
      {
        resources: ["secrets"],
        providers: [{ secretbox: { keys: [{ name: "key1", secret }] } }, { identity: {} }],
      },
    ],
  };
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
  return file;
}
