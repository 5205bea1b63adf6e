import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { z } from "zod";
import { cacheDir } from "../instance.ts";
import { awaitAddress } from "../readiness.ts";
import { fromCaller, readPublishedImages } from "../release/published-images.ts";
import { awaitRollout } from "../release/rollout.ts";
import { createToolchain } from "../toolchain/index.ts";
import { CommandFailure } from "../ui/failure.ts";
import { runSteps, type Step } from "../ui/steps.ts";

/** What `npm run deploy -- --output FILE` writes; other outputs are of no interest here. */
const Outputs = z.object({
  namespace: z.string().min(1),
  url: z.url({ protocol: /^https$/ }),
  /** PEM of an authority that is not among those that Node trusts. */
  caCertificate: z.string().optional(),
  /** Of a cluster that the stack has made; without it, KUBECONFIG and ~/.kube/config are used. */
  kubeconfig: z.string().optional(),
});

interface VerifyOptions {
  readonly outputs: string;
  readonly images: string;
  readonly context?: string;
  readonly signal: AbortSignal;
}

/** Checks that the published images are what runs, all of it, and that the platform answers at its address. */
export async function verifyRollout(options: VerifyOptions): Promise<void> {
  const images = await readPublishedImages(options.images);
  const { namespace, url, caCertificate, kubeconfig } = await readOutputs(options.outputs);
  const step: Step = {
    title: "Rollout",
    run: async (ctx) => {
      const kubectl = await createToolchain().ensure("kubectl", ctx);
      const rolledOut = await withKubeconfig(kubeconfig, (path) =>
        awaitRollout({ kubectl, kubeconfig: path, context: options.context, namespace }, images, ctx),
      );
      ctx.report(`awaiting ${url}`);
      await awaitAddress(url, { caCertificate, signal: ctx.signal });
      return `${rolledOut}, ${url} answers`;
    },
  };
  await runSteps([step], { logFile: join(cacheDir(), "logs", "verify-rollout.log"), signal: options.signal });
}

async function readOutputs(file: string): Promise<z.infer<typeof Outputs>> {
  try {
    return Outputs.parse(JSON.parse(await readFile(fromCaller(file), "utf8")));
  } catch (cause) {
    throw new CommandFailure(`${file} is not what \`npm run deploy -- --output FILE\` writes`, {
      exitCode: 2,
      cause,
    });
  }
}

async function withKubeconfig<T>(text: string | undefined, use: (path: string) => Promise<T>): Promise<T> {
  if (text === undefined) {
    return await use(process.env.KUBECONFIG?.split(delimiter)[0] || join(homedir(), ".kube", "config"));
  }
  const folder = await mkdtemp(join(tmpdir(), "mobile-ai-agent-kubeconfig-"));
  try {
    const path = join(folder, "kubeconfig");
    await writeFile(path, text, { mode: 0o600 });
    return await use(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
