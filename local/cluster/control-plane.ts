import { join } from "node:path";
import type { Daemon } from "./daemons.ts";
import { API_PORT, type ClusterLayout, POD_NETWORK, SERVICE_NETWORK } from "./layout.ts";

export interface ControlPlaneTools {
  readonly "kube-apiserver": string;
  readonly "kube-controller-manager": string;
  readonly "kube-scheduler": string;
}

export function etcd(layout: ClusterLayout): Daemon {
  const pki = (file: string) => join(layout.pki, file);
  return {
    name: "etcd",
    command: "etcd",
    args: flags({
      name: "node",
      "data-dir": layout.etcd,
      "listen-client-urls": "https://127.0.0.1:2379",
      "advertise-client-urls": "https://127.0.0.1:2379",
      "listen-peer-urls": "http://127.0.0.1:2380",
      "initial-advertise-peer-urls": "http://127.0.0.1:2380",
      "initial-cluster": "node=http://127.0.0.1:2380",
      "cert-file": pki("etcd.crt"),
      "key-file": pki("etcd.key"),
      "client-cert-auth": "true",
      "trusted-ca-file": pki("ca.crt"),
    }),
  };
}

export function apiServer(layout: ClusterLayout, tools: ControlPlaneTools, encryptionConfig: string): Daemon {
  const pki = (file: string) => join(layout.pki, file);
  return {
    name: "kube-apiserver",
    command: tools["kube-apiserver"],
    args: flags({
      "advertise-address": layout.nodeAddress,
      "bind-address": layout.nodeAddress,
      "secure-port": String(API_PORT),
      "allow-privileged": "true",
      "anonymous-auth": "false",
      "authorization-mode": "Node,RBAC",
      "enable-admission-plugins": "NodeRestriction",
      "client-ca-file": pki("ca.crt"),
      "tls-cert-file": pki("kube-apiserver.crt"),
      "tls-private-key-file": pki("kube-apiserver.key"),
      "tls-min-version": "VersionTLS13",
      "etcd-servers": "https://127.0.0.1:2379",
      "etcd-cafile": pki("ca.crt"),
      "etcd-certfile": pki("etcd-client.crt"),
      "etcd-keyfile": pki("etcd-client.key"),
      "encryption-provider-config": encryptionConfig,
      "kubelet-certificate-authority": pki("ca.crt"),
      "kubelet-client-certificate": pki("kubelet-client.crt"),
      "kubelet-client-key": pki("kubelet-client.key"),
      "kubelet-preferred-address-types": "InternalIP",
      "requestheader-client-ca-file": pki("front-proxy-ca.crt"),
      "requestheader-allowed-names": "front-proxy-client",
      "requestheader-extra-headers-prefix": "X-Remote-Extra-",
      "requestheader-group-headers": "X-Remote-Group",
      "requestheader-username-headers": "X-Remote-User",
      "proxy-client-cert-file": pki("front-proxy-client.crt"),
      "proxy-client-key-file": pki("front-proxy-client.key"),
      "enable-aggregator-routing": "true",
      "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
      "service-account-key-file": pki("service-account.pub"),
      "service-account-signing-key-file": pki("service-account.key"),
      "service-cluster-ip-range": SERVICE_NETWORK,
      profiling: "false",
    }),
  };
}

export function controllerManager(layout: ClusterLayout, tools: ControlPlaneTools): Daemon {
  const pki = (file: string) => join(layout.pki, file);
  const kubeconfig = join(layout.config, "controller-manager.kubeconfig");
  return {
    name: "kube-controller-manager",
    command: tools["kube-controller-manager"],
    args: flags({
      kubeconfig,
      "authentication-kubeconfig": kubeconfig,
      "authorization-kubeconfig": kubeconfig,
      "bind-address": "127.0.0.1",
      "cluster-cidr": POD_NETWORK,
      "leader-elect": "false",
      "root-ca-file": pki("ca.crt"),
      "client-ca-file": pki("ca.crt"),
      "requestheader-client-ca-file": pki("front-proxy-ca.crt"),
      "service-account-private-key-file": pki("service-account.key"),
      "use-service-account-credentials": "true",
      profiling: "false",
    }),
  };
}

export function scheduler(layout: ClusterLayout, tools: ControlPlaneTools): Daemon {
  const kubeconfig = join(layout.config, "scheduler.kubeconfig");
  return {
    name: "kube-scheduler",
    command: tools["kube-scheduler"],
    args: flags({
      kubeconfig,
      "authentication-kubeconfig": kubeconfig,
      "authorization-kubeconfig": kubeconfig,
      "bind-address": "127.0.0.1",
      "leader-elect": "false",
      profiling: "false",
    }),
  };
}

export function flags(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).map(([name, value]) => `--${name}=${value}`);
}
