import { execa } from "execa";
import { CONTAINERD_SOCKET } from "./layout.ts";
import type { Node } from "./node.ts";

export interface ImageArchive {
  readonly reference: string;
  /** A tar in OCI or Docker form. */
  readonly archive: string;
}

/** Puts images that the node lacks into its containerd, where the kubelet looks for them. */
export async function importIntoNode(
  node: Node,
  images: readonly ImageArchive[],
  { report, signal }: { report: (line: string) => void; signal: AbortSignal },
): Promise<void> {
  const ctr = (...args: string[]) => {
    const { command, args: entered } = node.enter(
      "ctr",
      "--address",
      CONTAINERD_SOCKET,
      "--namespace",
      "k8s.io",
      ...args,
    );
    return execa(command, entered, { cancelSignal: signal });
  };
  const present = new Set((await ctr("images", "ls", "--quiet")).stdout.split("\n"));
  for (const image of images) {
    if (present.has(image.reference)) continue;
    report(`importing ${image.reference}`);
    await ctr("images", "import", image.archive);
  }
}
