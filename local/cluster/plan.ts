import { apiServer, type ControlPlaneTools, controllerManager, etcd, scheduler } from "./control-plane.ts";
import { type Daemon, fingerprint } from "./daemons.ts";
import type { ClusterLayout } from "./layout.ts";
import { containerd, kubelet, kubeProxy, type NodeTools, nodeFiles } from "./node-services.ts";

export interface ClusterTools extends ControlPlaneTools, NodeTools {
  readonly kubectl: string;
  /** Executable of the pause image, which is also the node's first process. */
  readonly pause: string;
}

/** What runs on the node, as data. */
export interface ClusterPlan {
  /** Configuration, by path. */
  readonly files: Readonly<Record<string, string>>;
  /** Can start at once. */
  readonly base: readonly Daemon[];
  /** Can start once the API server answers. */
  readonly clients: readonly Daemon[];
  /** Changes with anything above: a cluster that runs under another one is started anew. */
  readonly fingerprint: string;
}

export function clusterPlan(
  layout: ClusterLayout,
  tools: ClusterTools,
  options: { pauseImage: string; encryptionConfig: string },
): ClusterPlan {
  const files = nodeFiles(layout, options.pauseImage);
  const base = [etcd(layout), apiServer(layout, tools, options.encryptionConfig), containerd(layout)];
  const clients = [
    controllerManager(layout, tools),
    scheduler(layout, tools),
    kubelet(layout, tools),
    kubeProxy(layout, tools),
  ];
  return { files, base, clients, fingerprint: fingerprint(files, base, clients, tools.pause) };
}
