import { account, clusterBinding, deployment, type KubernetesObject, service } from "./objects.ts";

/**
 * CPU and memory of pods, for the autoscalers.
 * Rules and flags: https://github.com/kubernetes-sigs/metrics-server/tree/master/manifests/base
 *
 * @param tls its serving certificate and key and the authority that signed it, PEM
 */
export function metricsServer(
  image: string,
  tls: { certificate: string; key: string; authority: string },
): KubernetesObject[] {
  const place = { name: "metrics-server", namespace: "kube-system" };
  return [
    ...account(place.name, place.namespace, [
      { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
      { apiGroups: [""], resources: ["pods", "nodes"], verbs: ["get", "list", "watch"] },
    ]),
    clusterBinding(
      place.name,
      place.namespace,
      "system:auth-delegator",
      "addon:metrics-server:auth-delegator",
    ),
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata: { name: "addon:metrics-server:auth-reader", namespace: "kube-system" },
      roleRef: {
        apiGroup: "rbac.authorization.k8s.io",
        kind: "Role",
        name: "extension-apiserver-authentication-reader",
      },
      subjects: [{ kind: "ServiceAccount", ...place }],
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: {
        name: "addon:metrics-reader",
        labels: {
          "rbac.authorization.k8s.io/aggregate-to-view": "true",
          "rbac.authorization.k8s.io/aggregate-to-edit": "true",
          "rbac.authorization.k8s.io/aggregate-to-admin": "true",
        },
      },
      rules: [
        { apiGroups: ["metrics.k8s.io"], resources: ["pods", "nodes"], verbs: ["get", "list", "watch"] },
      ],
    },
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "metrics-server-tls", namespace: place.namespace },
      type: "kubernetes.io/tls",
      stringData: { "tls.crt": tls.certificate, "tls.key": tls.key },
    },
    deployment({
      ...place,
      image,
      args: [
        "--secure-port=4443",
        "--cert-dir=/tmp",
        "--tls-cert-file=/run/secrets/tls/tls.crt",
        "--tls-private-key-file=/run/secrets/tls/tls.key",
        "--kubelet-preferred-address-types=InternalIP",
        "--kubelet-certificate-authority=/var/run/secrets/kubernetes.io/serviceaccount/ca.crt",
        "--metric-resolution=10s",
        "--kubelet-request-timeout=5s",
      ],
      ports: { https: 4443 },
      readiness: { path: "/livez", port: "https", scheme: "HTTPS" },
      requests: { cpu: "30m", memory: "64Mi" },
      volumes: { "/run/secrets/tls": { secret: { secretName: "metrics-server-tls" } } },
    }),
    service(place.name, place.namespace, [{ name: "https", port: 443, targetPort: 4443 }]),
    {
      apiVersion: "apiregistration.k8s.io/v1",
      kind: "APIService",
      metadata: { name: "v1beta1.metrics.k8s.io" },
      spec: {
        group: "metrics.k8s.io",
        version: "v1beta1",
        groupPriorityMinimum: 100,
        versionPriority: 100,
        service: place,
        caBundle: Buffer.from(tls.authority).toString("base64"),
      },
    },
  ];
}
