import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { Handover } from "../handover.ts";
import { buildImage, type Image, pushImage, SERVICE_IMAGES } from "../images/index.ts";
import type { Instance } from "../instance.ts";
import { writePlatform } from "../platform.ts";
import type { StepContext } from "../progress.ts";
import { deploy } from "../pulumi/driver.ts";
import { awaitWorkloads } from "../readiness.ts";
import { createToolchain, ensureModel, ensurePackages } from "../toolchain/index.ts";
import type { Step } from "../ui/steps.ts";
import { imageTags, serviceImageInputs } from "./service-images.ts";

/** What building and pushing images needs of Debian. */
const IMAGE_PACKAGES = ["buildah", "mmdebstrap", "python3-pip"];

/** The steps of `up` on a cluster that exists: images go to a registry from where it pulls them. */
export function ownClusterSteps(instance: Instance, target: { context: string; registry: string }): Step[] {
  const toolchain = createToolchain();
  const images = new Handover<Image[]>();

  async function push(ctx: StepContext): Promise<Image[]> {
    await ensurePackages(ctx, IMAGE_PACKAGES);
    const pushed: Image[] = [];
    for (const name of SERVICE_IMAGES) {
      const image = await buildImage(
        name,
        await serviceImageInputs(name, { toolchain, model: () => ensureModel(ctx) }, ctx),
        ctx,
      );
      await pushImage(image, target.registry, ctx);
      pushed.push(image);
    }
    return pushed;
  }

  async function install(ctx: StepContext): Promise<string> {
    const kubeconfig = kubeconfigPath();
    const kubectl = await toolchain.ensure("kubectl", ctx);
    const pulumi = await toolchain.ensure("pulumi", ctx);
    const { context, registry } = target;
    const tags = imageTags(await images.value(ctx));
    const options = { pulumi, kubeconfig, context, imageRegistry: registry, imageTags: tags };
    const { outputs, summary } = await deploy(instance, options, ctx);
    await writePlatform(instance, { cluster: "context", kubeconfig, context, kubectl, ...outputs });
    await awaitWorkloads({ kubectl, kubeconfig, context, namespace: outputs.namespace }, ctx);
    return summary;
  }

  return [
    { title: "Images", run: async (ctx) => `${(await images.from(push(ctx))).length} pushed` },
    { title: "Deployment", run: install },
  ];
}

/** As kubectl finds it; of several files the first. */
function kubeconfigPath(): string {
  return process.env.KUBECONFIG?.split(delimiter)[0] || join(homedir(), ".kube", "config");
}
