import { join } from "node:path";
import type { Instance } from "../instance.ts";

/** Addresses inside the node's own network namespace; two instances may use the same ones. */
export const POD_NETWORK = "10.244.0.0/24";
export const SERVICE_NETWORK = "10.96.0.0/16";
export const KUBERNETES_SERVICE = "10.96.0.1";
export const DNS_SERVICE = "10.96.0.10";
export const NODE_NAME = "node";
export const API_PORT = 6443;
/** NodePort of the ingress controller. */
export const INGRESS_NODE_PORT = 30443;

/** Seen inside the node's mount namespace only, where /run is its own. */
export const CONTAINERD_SOCKET = "/run/containerd/containerd.sock";

/** Where the cluster of one instance keeps what; all of it vanishes with the state folder. */
export interface ClusterLayout {
  readonly hostAddress: string;
  readonly nodeAddress: string;
  readonly hostLink: string;
  readonly pki: string;
  readonly config: string;
  readonly run: string;
  readonly etcd: string;
  readonly containerd: string;
  readonly kubelet: string;
  readonly nodeLogs: string;
  readonly volumes: string;
  readonly cgroup: string;
}

export function clusterLayout(instance: Instance): ClusterLayout {
  const at = (name: string) => join(instance.stateDir, name);
  return {
    hostAddress: `${instance.linkNetwork}.1`,
    nodeAddress: `${instance.linkNetwork}.2`,
    hostLink: `${instance.prefix}-host`,
    pki: at("pki"),
    config: at("config"),
    run: at("run"),
    etcd: at("etcd"),
    containerd: at("containerd"),
    kubelet: at("kubelet"),
    nodeLogs: at("node-logs"),
    volumes: at("volumes"),
    cgroup: instance.prefix,
  };
}
