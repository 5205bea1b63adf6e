import { setTimeout as sleep } from "node:timers/promises";
import type { StepContext } from "../progress.ts";
import {
  type ClusterAccess,
  isReady,
  type KubernetesObject,
  readObjects,
  workloadReadiness,
} from "../readiness.ts";
import { CommandFailure } from "../ui/failure.ts";
import type { PublishedImages } from "./published-images.ts";

const KINDS = ["deployments", "statefulsets", "cronjobs", "horizontalpodautoscalers"];
const LIMIT_MS = 10 * 60_000;

/**
 * @returns what keeps the workloads from being the published images, all rolled out; empty when they are
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#deployment-status
 */
export function rolloutFaults(objects: readonly KubernetesObject[], images: PublishedImages): string[] {
  const workloads = objects.filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet");
  if (workloads.length === 0) return ["there is no workload"];
  const unready = workloadReadiness(objects).filter((workload) => !isReady(workload));
  return [
    ...unready.map(({ name, ready, wanted }) => `${name} has ${ready} of ${wanted} pods ready`),
    ...workloads.flatMap(unfinished),
    ...objects.flatMap((object) => wrongImages(object, images)),
  ];
}

function unfinished({ metadata: { name, generation = 0 }, spec, status = {} }: KubernetesObject): string[] {
  const wanted = spec.replicas ?? 1;
  const { observedGeneration = 0, updatedReplicas = 0, replicas = 0 } = status;
  if (observedGeneration < generation) return [`${name} has not begun its rollout`];
  if (updatedReplicas < wanted) return [`${name} has updated ${updatedReplicas} of ${wanted} pods`];
  return replicas > updatedReplicas ? [`${name} still runs ${replicas - updatedReplicas} old pods`] : [];
}

function wrongImages({ metadata, spec }: KubernetesObject, images: PublishedImages): string[] {
  const pod = (spec.template ?? spec.jobTemplate?.spec.template)?.spec;
  const containers = [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])];
  const published = new Set(Object.values(images).map(({ reference }) => reference));
  return containers
    .filter(({ image }) => !published.has(image))
    .map(({ image }) => `${metadata.name} runs ${image}, which is not one of the published images`);
}

/**
 * Awaits that every workload runs the published images and nothing older.
 *
 * @throws CommandFailure naming what is missing after ten minutes.
 */
export async function awaitRollout(
  cluster: ClusterAccess,
  images: PublishedImages,
  ctx: StepContext,
): Promise<string> {
  for (const end = Date.now() + LIMIT_MS; ; ) {
    ctx.signal.throwIfAborted();
    const objects = await readObjects(cluster, KINDS);
    const faults = rolloutFaults(objects, images);
    if (faults.length === 0) return `${workloadReadiness(objects).length} workloads rolled out`;
    if (Date.now() > end) {
      throw new CommandFailure(
        `the rollout is not complete after ${LIMIT_MS / 60_000} minutes:\n${faults.map((fault) => `  ${fault}`).join("\n")}`,
      );
    }
    ctx.report(`not yet: ${faults[0]}`);
    await sleep(2000, undefined, { signal: ctx.signal });
  }
}
