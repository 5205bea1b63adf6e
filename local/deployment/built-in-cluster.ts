import {
  ADDONS,
  awaitAddons,
  importImages,
  installAddon,
  installFoundations,
  requireFreePort,
  startCluster,
  startForwarder,
} from "../cluster/index.ts";
import { Handover } from "../handover.ts";
import { buildImage, type Image, SERVICE_IMAGES } from "../images/index.ts";
import type { Instance } from "../instance.ts";
import { findPlatform, writePlatform } from "../platform.ts";
import type { StepContext } from "../progress.ts";
import { type Deployment, deploy, prepareDeployment } from "../pulumi/driver.ts";
import { awaitAddress, awaitWorkloads } from "../readiness.ts";
import {
  createToolchain,
  ensureModel,
  ensurePackages,
  type Toolchain,
  type ToolName,
} from "../toolchain/index.ts";
import type { Step } from "../ui/steps.ts";
import { imageTags, serviceImageInputs } from "./service-images.ts";

const CLUSTER_TOOLS = [
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kubelet",
  "kube-proxy",
  "kubectl",
  "pause",
] as const satisfies readonly ToolName[];

const REGISTRY = "localhost/mobile-ai-agent";

/** What one step makes and others need. */
interface Products {
  readonly packages: Handover<string>;
  readonly tools: Handover<Record<(typeof CLUSTER_TOOLS)[number], string>>;
  readonly model: Handover<string>;
  readonly cluster: Handover<void>;
  readonly addons: Handover<string>;
  readonly images: Handover<Image[]>;
  readonly deployment: Handover<Deployment>;
}

/** The steps of `up` on this machine. They run side by side; each awaits what it needs. */
export function builtInClusterSteps(instance: Instance): Step[] {
  const toolchain = createToolchain();
  const products: Products = {
    packages: new Handover(),
    tools: new Handover(),
    model: new Handover(),
    cluster: new Handover(),
    addons: new Handover(),
    images: new Handover(),
    deployment: new Handover(),
  };
  return [
    { title: "System packages", run: (ctx) => products.packages.from(obtainPackages(instance, ctx)) },
    { title: "Toolchain", run: (ctx) => obtainTools(toolchain, products, ctx) },
    { title: "Language model", run: (ctx) => obtainModel(products, ctx) },
    {
      title: "Kubernetes",
      run: (ctx) => products.cluster.from(makeCluster(instance, toolchain, products, ctx)).then(ready),
    },
    {
      title: "Add-ons",
      run: (ctx) => products.addons.from(makeAddons(instance, toolchain, products, ctx)),
    },
    { title: "Images", run: (ctx) => makeImages(instance, toolchain, products, ctx) },
    { title: "Deployment", run: (ctx) => makeDeployment(instance, toolchain, products, ctx) },
    { title: "Readiness", run: (ctx) => awaitPlatform(instance, products, ctx) },
  ];
}

const ready = () => "ready";

async function obtainPackages(instance: Instance, ctx: StepContext): Promise<string> {
  // Better told now than after the builds.
  await requireFreePort(instance);
  return await ensurePackages(ctx);
}

async function obtainTools(toolchain: Toolchain, { tools }: Products, ctx: StepContext): Promise<string> {
  const obtain = async () => {
    const paths = await Promise.all(
      CLUSTER_TOOLS.map(async (name) => [name, await toolchain.ensure(name, ctx)] as const),
    );
    return Object.fromEntries(paths) as Record<(typeof CLUSTER_TOOLS)[number], string>;
  };
  const others: ToolName[] = ["pulumi", "ferretdb", ...ADDONS];
  await Promise.all([tools.from(obtain()), ...others.map((name) => toolchain.ensure(name, ctx))]);
  return `${CLUSTER_TOOLS.length + others.length} tools`;
}

async function obtainModel({ packages, model }: Products, ctx: StepContext): Promise<string> {
  await packages.value(ctx);
  await model.from(ensureModel(ctx));
  return "SmolLM2-135M-Instruct";
}

async function makeCluster(
  instance: Instance,
  toolchain: Toolchain,
  products: Products,
  ctx: StepContext,
): Promise<void> {
  await products.packages.value(ctx);
  const tools = await products.tools.value(ctx);
  const pause = await buildImage("pause", { binary: tools.pause }, ctx);
  await startCluster(instance, { tools, pauseImage: pause.reference }, ctx);
  await importImages(instance, [pause], ctx);
  ctx.report("installing storage and resource definitions");
  const vpaResourceDefinitions = await toolchain.vpaResourceDefinitions(ctx);
  await installFoundations(instance, { kubectl: tools.kubectl, vpaResourceDefinitions }, ctx);
  if (await findPlatform(instance)) return;
  const { kubectl } = tools;
  const access = { kubeconfig: instance.kubeconfig, kubectl, namespace: "default" };
  await writePlatform(instance, { cluster: "built-in", ...access });
}

async function makeAddons(
  instance: Instance,
  toolchain: Toolchain,
  products: Products,
  ctx: StepContext,
): Promise<string> {
  await products.cluster.value(ctx);
  const { kubectl } = await products.tools.value(ctx);
  for (const addon of ADDONS) {
    ctx.report(`awaiting the executable of ${addon}`);
    const image = await buildImage(addon, { binary: await toolchain.ensure(addon, ctx) }, ctx);
    await importImages(instance, [image], ctx);
    await installAddon(instance, { addon, image: image.reference, kubectl }, ctx);
  }
  ctx.report("awaiting their pods");
  await awaitAddons(instance, kubectl, ctx);
  return `${ADDONS.length} ready`;
}

async function makeImages(
  instance: Instance,
  toolchain: Toolchain,
  products: Products,
  ctx: StepContext,
): Promise<string> {
  await products.packages.value(ctx);
  const images = await products.images.from(buildAndImport(instance, toolchain, products, ctx));
  return `${images.length} images`;
}

async function buildAndImport(
  instance: Instance,
  toolchain: Toolchain,
  products: Products,
  ctx: StepContext,
) {
  const images: Image[] = [];
  for (const name of SERVICE_IMAGES) {
    const inputs = await serviceImageInputs(name, { toolchain, model: () => products.model.value(ctx) }, ctx);
    images.push(await buildImage(name, inputs, ctx));
  }
  await products.cluster.value(ctx);
  await importImages(instance, images, ctx);
  return images;
}

async function makeDeployment(
  instance: Instance,
  toolchain: Toolchain,
  products: Products,
  ctx: StepContext,
): Promise<string> {
  const pulumi = await toolchain.ensure("pulumi", ctx);
  await prepareDeployment(instance, pulumi, ctx);
  ctx.report("awaiting the images");
  const images = await products.images.value(ctx);
  const options = {
    pulumi,
    kubeconfig: instance.kubeconfig,
    imageRegistry: REGISTRY,
    imageTags: imageTags(images),
    httpsPort: instance.httpsPort,
  };
  const { outputs, summary } = await products.deployment.from(deploy(instance, options, ctx));
  const { kubectl } = await products.tools.value(ctx);
  await writePlatform(instance, {
    cluster: "built-in",
    kubeconfig: instance.kubeconfig,
    kubectl,
    ...outputs,
  });
  return summary;
}

async function awaitPlatform(instance: Instance, products: Products, ctx: StepContext): Promise<string> {
  const { outputs } = await products.deployment.value(ctx);
  const { kubectl } = await products.tools.value(ctx);
  const { namespace } = outputs;
  // The way in and the figures for scaling: their executables may still be under construction.
  ctx.report("awaiting the add-ons");
  await products.addons.value(ctx);
  const pods = await awaitWorkloads({ kubectl, kubeconfig: instance.kubeconfig, namespace }, ctx);
  await startForwarder(instance);
  ctx.report(`awaiting ${outputs.url}`);
  await awaitAddress(outputs.url, { caCertificate: outputs.caCertificate, signal: ctx.signal });
  return pods;
}
