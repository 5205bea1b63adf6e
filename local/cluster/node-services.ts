import { join } from "node:path";
import { flags } from "./control-plane.ts";
import type { Daemon } from "./daemons.ts";
import { type ClusterLayout, CONTAINERD_SOCKET, DNS_SERVICE, NODE_NAME, POD_NETWORK } from "./layout.ts";

export interface NodeTools {
  readonly kubelet: string;
  readonly "kube-proxy": string;
}

/** Configuration files of containerd, the kubelet and kube-proxy, by path. */
export function nodeFiles(layout: ClusterLayout, pauseImage: string): Record<string, string> {
  const at = (name: string) => join(layout.config, name);
  return {
    [at("containerd.toml")]: containerdConfig(layout, pauseImage),
    [at("cni/10-pods.conflist")]: json(podNetwork()),
    // No pod of this cluster resolves names outside of it: the node has no way out.
    [at("resolv.conf")]: "",
    [at("kubelet.yaml")]: json(kubeletConfig(layout)),
    [at("kube-proxy.yaml")]: json(kubeProxyConfig(layout)),
  };
}

export function containerd(layout: ClusterLayout): Daemon {
  return {
    name: "containerd",
    command: "containerd",
    args: ["--config", join(layout.config, "containerd.toml")],
  };
}

export function kubelet(layout: ClusterLayout, tools: NodeTools): Daemon {
  return {
    name: "kubelet",
    command: tools.kubelet,
    args: flags({
      config: join(layout.config, "kubelet.yaml"),
      kubeconfig: join(layout.config, "kubelet.kubeconfig"),
      "root-dir": layout.kubelet,
      "hostname-override": NODE_NAME,
      "node-ip": layout.nodeAddress,
    }),
  };
}

export function kubeProxy(layout: ClusterLayout, tools: NodeTools): Daemon {
  return {
    name: "kube-proxy",
    command: tools["kube-proxy"],
    args: flags({ config: join(layout.config, "kube-proxy.yaml"), "hostname-override": NODE_NAME }),
  };
}

function containerdConfig(layout: ClusterLayout, pauseImage: string): string {
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  return [
    "version = 2",
    `root = ${JSON.stringify(layout.containerd)}`,
    'state = "/run/containerd"',
    "[grpc]",
    `  address = "${CONTAINERD_SOCKET}"`,
    `[${cri}]`,
    `  sandbox_image = "${pauseImage}"`,
    // A machine may withhold CAP_SYS_RESOURCE even from root.
    "  restrict_oom_score_adj = true",
    `[${cri}.containerd.runtimes.runc]`,
    '  runtime_type = "io.containerd.runc.v2"',
    `[${cri}.cni]`,
    '  bin_dir = "/usr/lib/cni"',
    `  conf_dir = ${JSON.stringify(join(layout.config, "cni"))}`,
    "",
  ].join("\n");
}

/**
 * Point-to-point links instead of a bridge: every packet between pods is routed through the node, so that service
 * addresses are rewritten on the way back too, without the kernel's br_netfilter module.
 */
function podNetwork() {
  return {
    cniVersion: "1.0.0",
    name: "pods",
    plugins: [
      {
        type: "ptp",
        ipMasq: false,
        ipam: {
          type: "host-local",
          ranges: [[{ subnet: POD_NETWORK }]],
          routes: [{ dst: "0.0.0.0/0" }],
          // Leases end with the node, as the pods do.
          dataDir: "/run/cni",
        },
      },
    ],
  };
}

function kubeletConfig(layout: ClusterLayout) {
  const pki = (file: string) => join(layout.pki, file);
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    address: layout.nodeAddress,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: pki("ca.crt") },
    },
    authorization: { mode: "Webhook" },
    tlsCertFile: pki("kubelet.crt"),
    tlsPrivateKeyFile: pki("kubelet.key"),
    cgroupDriver: "cgroupfs",
    cgroupRoot: `/${layout.cgroup}`,
    clusterDNS: [DNS_SERVICE],
    clusterDomain: "cluster.local",
    containerRuntimeEndpoint: `unix://${CONTAINERD_SOCKET}`,
    // A developer's disk is often nearly full, and images can't be pulled again here.
    evictionHard: { "memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%" },
    imageGCHighThresholdPercent: 100,
    failCgroupV1: false,
    failSwapOn: false,
    oomScoreAdj: 0,
    maxPods: 60,
    readOnlyPort: 0,
    resolvConf: join(layout.config, "resolv.conf"),
    shutdownGracePeriod: "0s",
    volumePluginDir: join(layout.kubelet, "plugins-exec"),
  };
}

function kubeProxyConfig(layout: ClusterLayout) {
  return {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode: "nftables",
    bindAddress: layout.nodeAddress,
    healthzBindAddress: "127.0.0.1:10256",
    metricsBindAddress: "127.0.0.1:10249",
    clientConnection: { kubeconfig: join(layout.config, "kube-proxy.kubeconfig") },
    clusterCIDR: POD_NETWORK,
    conntrack: { maxPerCore: 0 },
    oomScoreAdj: 0,
  };
}

const json = (value: unknown) => JSON.stringify(value, null, 2);
