import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { Handover } from "../handover.ts";
import type { Instance } from "../instance.ts";
import { writePlatform } from "../platform.ts";
import type { StepContext } from "../progress.ts";
import { deploy } from "../pulumi/driver.ts";
import { awaitWorkloads } from "../readiness.ts";
import { createToolchain } from "../toolchain/index.ts";
import type { Step } from "../ui/steps.ts";
import { checkRegistry, imageDigests, type PublishedImage, publishImages } from "./publish-images.ts";

/** The steps of `up` on a cluster that exists: images go to a registry from where it pulls them. */
export function ownClusterSteps(instance: Instance, target: { context: string; registry: string }): Step[] {
  const toolchain = createToolchain();
  const images = new Handover<PublishedImage[]>();
  const { context } = target;
  const registry = checkRegistry(target.registry);

  async function install(ctx: StepContext): Promise<string> {
    const kubeconfig = kubeconfigPath();
    const kubectl = await toolchain.ensure("kubectl", ctx);
    const pulumi = await toolchain.ensure("pulumi", ctx);
    const digests = imageDigests(await images.value(ctx));
    const options = { pulumi, kubeconfig, context, imageRegistry: registry, imageDigests: digests };
    const { outputs, summary } = await deploy(instance, options, ctx);
    await writePlatform(instance, { cluster: "context", kubeconfig, context, kubectl, ...outputs });
    await awaitWorkloads({ kubectl, kubeconfig, context, namespace: outputs.namespace }, ctx);
    return summary;
  }

  return [
    {
      title: "Images",
      run: async (ctx) => {
        const pushed = await images.from(publishImages({ toolchain, registry }, ctx));
        return `${pushed.length} pushed`;
      },
    },
    { title: "Deployment", run: install },
  ];
}

/** As kubectl finds it; of several files the first. */
function kubeconfigPath(): string {
  return process.env.KUBECONFIG?.split(delimiter)[0] || join(homedir(), ".kube", "config");
}
