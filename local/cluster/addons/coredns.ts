import { DNS_SERVICE } from "../layout.ts";
import { account, deployment, type KubernetesObject, service } from "./objects.ts";

const COREFILE = `.:1053 {
  errors
  health :8080
  ready :8181
  kubernetes cluster.local in-addr.arpa ip6.arpa {
    ttl 5
  }
  cache 5
  loadbalance
}
`;

/** Names of services, for pods. There is no upstream: the node has no way out. */
export function coredns(image: string): KubernetesObject[] {
  const place = { name: "coredns", namespace: "kube-system" };
  return [
    ...account(place.name, place.namespace, [
      { apiGroups: [""], resources: ["services", "pods", "namespaces"], verbs: ["list", "watch"] },
      { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
    ]),
    { apiVersion: "v1", kind: "ConfigMap", metadata: place, data: { Corefile: COREFILE } },
    deployment({
      ...place,
      image,
      args: ["-conf", "/etc/coredns/Corefile"],
      ports: { dns: 1053, health: 8080, ready: 8181 },
      readiness: { path: "/ready", port: "ready" },
      requests: { cpu: "20m", memory: "32Mi" },
      volumes: { "/etc/coredns": { configMap: { name: place.name } } },
    }),
    service(
      place.name,
      place.namespace,
      [
        { name: "dns", port: 53, targetPort: 1053, protocol: "UDP" },
        { name: "dns-tcp", port: 53, targetPort: 1053, protocol: "TCP" },
      ],
      { clusterIP: DNS_SERVICE },
    ),
  ];
}
