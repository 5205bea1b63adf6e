import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Instance } from "../../instance.ts";
import type { StepContext } from "../../progress.ts";
import { type Kubectl, kubectlFor } from "../kubectl.ts";
import { type ClusterLayout, clusterLayout } from "../layout.ts";
import { coredns } from "./coredns.ts";
import { metricsServer } from "./metrics-server.ts";
import type { KubernetesObject } from "./objects.ts";
import { storage, volumeFolders } from "./storage.ts";
import { traefik } from "./traefik.ts";
import { vpaRecommender } from "./vpa.ts";

export const ADDONS = ["coredns", "metrics-server", "vpa-recommender", "traefik"] as const;
export type Addon = (typeof ADDONS)[number];

/** Storage, permissions and resource definitions: what a deployment needs before any add-on runs. */
export async function installFoundations(
  instance: Instance,
  tools: { kubectl: string; vpaResourceDefinitions: string },
  ctx: StepContext,
): Promise<void> {
  const layout = clusterLayout(instance);
  const kubectl = kubectlFor(instance, tools.kubectl);
  for (const folder of volumeFolders(layout.volumes)) await mkdir(folder, { recursive: true });
  await kubectl.apply([...storage(layout.volumes), kubeletApiBinding()], ctx.signal);
  const definitions = ["apply", "--server-side", "--force-conflicts", "-f", tools.vpaResourceDefinitions];
  await kubectl.run(definitions, { signal: ctx.signal });
  await awaitRecommendationsApi(kubectl, ctx);
}

export async function installAddon(
  instance: Instance,
  options: { addon: Addon; image: string; kubectl: string },
  ctx: StepContext,
): Promise<void> {
  const objects = await addonObjects(options.addon, options.image, clusterLayout(instance));
  await kubectlFor(instance, options.kubectl).apply(objects, ctx.signal);
}

/** Awaits the pods of every add-on. @throws when one is not available within three minutes. */
export async function awaitAddons(instance: Instance, kubectl: string, ctx: StepContext): Promise<void> {
  const run = kubectlFor(instance, kubectl).run;
  for (const namespace of ["kube-system", "ingress"]) {
    const wait = [
      "wait",
      "--for=condition=Available",
      "deployment",
      "--all",
      "-n",
      namespace,
      "--timeout=180s",
    ];
    await run(wait, { signal: ctx.signal });
  }
  await run(["wait", "--for=condition=Available", "apiservice/v1beta1.metrics.k8s.io", "--timeout=120s"], {
    signal: ctx.signal,
  });
}

async function addonObjects(addon: Addon, image: string, layout: ClusterLayout): Promise<KubernetesObject[]> {
  if (addon === "coredns") return coredns(image);
  if (addon === "vpa-recommender") return vpaRecommender(image);
  if (addon === "traefik") return traefik(image);
  const pki = (file: string) => readFile(join(layout.pki, file), "utf8");
  return metricsServer(image, {
    certificate: await pki("metrics-server.crt"),
    key: await pki("metrics-server.key"),
    authority: await pki("ca.crt"),
  });
}

/** The API server reads logs and metrics from the kubelet under its own name. */
function kubeletApiBinding(): KubernetesObject {
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name: "addon:kube-apiserver-kubelet-client" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:kubelet-api-admin" },
    subjects: [
      { kind: "User", apiGroup: "rbac.authorization.k8s.io", name: "kube-apiserver-kubelet-client" },
    ],
  };
}

async function awaitRecommendationsApi(kubectl: Kubectl, ctx: StepContext): Promise<void> {
  const definition = "customresourcedefinition/verticalpodautoscalers.autoscaling.k8s.io";
  await kubectl.run(["wait", "--for=condition=Established", definition, "--timeout=60s"], {
    signal: ctx.signal,
  });
}
