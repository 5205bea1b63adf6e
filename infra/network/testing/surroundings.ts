import { type FlowPort, platformPods } from "../flows.ts";
import type { Endpoint, Labels } from "../reachability.ts";

let hosts = 0;

/** A pod with an address of its own. */
export function podIn(
  namespace: string,
  name: string,
  labels: Labels,
  portNames: Endpoint["portNames"] = {},
): Endpoint {
  hosts += 1;
  const place = { name: namespace, labels: { "kubernetes.io/metadata.name": namespace } };
  return { name, ip: `10.244.${hosts >> 8}.${hosts & 255}`, namespace: place, labels, portNames };
}

/** What is around the platform's pods: whom they need, and who only looks like that. */
export function surroundings(namespace: string, ingressNamespace: string): Endpoint[] {
  const dns = { "k8s-app": "kube-dns" };
  const coredns = { "app.kubernetes.io/name": "coredns" };
  return [
    podIn(ingressNamespace, "ingress-controller", { "app.kubernetes.io/name": "traefik" }),
    podIn("kube-system", "kube-dns", dns),
    podIn("kube-system", "coredns", coredns),
    podIn("kube-system", "metrics-server", { "app.kubernetes.io/name": "metrics-server" }),
    podIn("elsewhere", "false-dns", { ...dns, ...coredns }),
    podIn(namespace, "inner-false-dns", dns),
    ...platformPods().map((name) => podIn("elsewhere", `false-${name}`, { "app.kubernetes.io/name": name })),
    podIn(namespace, "stray", {}),
    { name: "internet", ip: "203.0.113.7", labels: {} },
    // Where clouds hand out credentials to whoever asks.
    { name: "cloud-metadata", ip: "169.254.169.254", labels: {} },
  ];
}

/** On which nothing but what is wanted may be reachable. */
export const SENSITIVE_PORTS: readonly FlowPort[] = [22, 443, 6443, 8000, 9090, 10250].map((port) => ({
  port,
  protocol: "TCP",
}));
