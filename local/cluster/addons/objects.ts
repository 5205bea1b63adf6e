/** Any Kubernetes object, as sent to the API server. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
  };
  readonly [field: string]: unknown;
}

interface Rule {
  readonly apiGroups: string[];
  readonly resources: string[];
  readonly verbs: string[];
}

/** A service account, and a cluster role of its own bound to it. */
export function account(name: string, namespace: string, rules: Rule[]): KubernetesObject[] {
  const roleName = `addon:${name}`;
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace } },
    { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name: roleName }, rules },
    clusterBinding(name, namespace, roleName),
  ];
}

export function clusterBinding(
  name: string,
  namespace: string,
  role: string,
  bindingName: string = role,
): KubernetesObject {
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name: bindingName },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
    subjects: [{ kind: "ServiceAccount", name, namespace }],
  };
}

interface AddonDeployment {
  readonly name: string;
  readonly namespace: string;
  readonly image: string;
  readonly args: string[];
  readonly ports: Record<string, number>;
  readonly readiness: { path: string; port: string; scheme?: "HTTP" | "HTTPS" };
  readonly requests: { cpu: string; memory: string };
  /** Mount path to volume source. */
  readonly volumes?: Record<string, Record<string, unknown>>;
}

/** A Deployment of one pod that satisfies Pod Security "restricted". */
export function deployment(options: AddonDeployment): KubernetesObject {
  const { name, namespace, image, args, ports, readiness, requests } = options;
  const volumes = Object.entries({ "/tmp": { emptyDir: {} }, ...options.volumes });
  const labels = { "app.kubernetes.io/name": name };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace, labels },
    spec: {
      replicas: 1,
      // One node can't always hold a second pod beside the first.
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: name,
          enableServiceLinks: false,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 65532,
            runAsGroup: 65532,
            fsGroup: 65532,
            seccompProfile: { type: "RuntimeDefault" },
          },
          containers: [
            {
              name,
              image,
              args,
              ports: Object.entries(ports).map(([portName, containerPort]) => ({
                name: portName,
                containerPort,
              })),
              readinessProbe: { httpGet: readiness, periodSeconds: 2, failureThreshold: 3 },
              livenessProbe: {
                httpGet: readiness,
                initialDelaySeconds: 30,
                periodSeconds: 10,
                failureThreshold: 6,
              },
              resources: { requests, limits: { memory: "256Mi" } },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ["ALL"] },
              },
              volumeMounts: volumes.map(([mountPath], index) => ({ name: `volume-${index}`, mountPath })),
            },
          ],
          volumes: volumes.map(([, source], index) => ({ name: `volume-${index}`, ...source })),
        },
      },
    },
  };
}

export function service(
  name: string,
  namespace: string,
  ports: readonly Record<string, unknown>[],
  spec: Record<string, unknown> = {},
): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace },
    spec: { selector: { "app.kubernetes.io/name": name }, ports, ...spec },
  };
}
