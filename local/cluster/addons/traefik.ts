import { INGRESS_NODE_PORT } from "../layout.ts";
import { account, deployment, type KubernetesObject, service } from "./objects.ts";

const place = { name: "traefik", namespace: "ingress" };

/** TLS 1.3 or nothing, for every route. */
const TLS_OPTIONS = { tls: { options: { default: { minVersion: "VersionTLS13", sniStrict: false } } } };

/**
 * The ingress controller: class `traefik`, TLS only, at the node's port 30443.
 * Rules: https://doc.traefik.io/traefik/reference/dynamic-configuration/kubernetes-ingress/
 */
export function traefik(image: string): KubernetesObject[] {
  const read = ["get", "list", "watch"];
  return [
    {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: place.namespace, labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
    },
    ...account(place.name, place.namespace, [
      { apiGroups: [""], resources: ["services", "secrets", "nodes"], verbs: read },
      { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: read },
      { apiGroups: ["networking.k8s.io"], resources: ["ingresses", "ingressclasses"], verbs: read },
      { apiGroups: ["networking.k8s.io"], resources: ["ingresses/status"], verbs: ["update"] },
    ]),
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "IngressClass",
      metadata: { name: place.name },
      spec: { controller: "traefik.io/ingress-controller" },
    },
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "traefik", namespace: place.namespace },
      data: { "tls.yaml": JSON.stringify(TLS_OPTIONS) },
    },
    deployment({
      ...place,
      image,
      args: [
        "--global.checknewversion=false",
        "--global.sendanonymoususage=false",
        "--log.format=json",
        "--ping=true",
        "--entrypoints.websecure.address=:8443",
        "--entrypoints.websecure.http.tls=true",
        // Sockets may be silent for an hour.
        "--entrypoints.websecure.transport.respondingtimeouts.idletimeout=3600s",
        "--entrypoints.websecure.transport.respondingtimeouts.readtimeout=0",
        "--providers.kubernetesingress=true",
        "--providers.kubernetesingress.ingressclass=traefik",
        "--providers.file.directory=/etc/traefik",
      ],
      // The management entry point's default.
      ports: { websecure: 8443, traefik: 8080 },
      readiness: { path: "/ping", port: "traefik" },
      requests: { cpu: "50m", memory: "64Mi" },
      volumes: { "/etc/traefik": { configMap: { name: "traefik" } } },
    }),
    service(
      place.name,
      place.namespace,
      [{ name: "websecure", port: 443, targetPort: 8443, nodePort: INGRESS_NODE_PORT }],
      { type: "NodePort" },
    ),
  ];
}
