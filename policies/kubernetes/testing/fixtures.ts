import type { Path, Props } from "@mobile-ai-agent/policies-rule-kit";
import { changed } from "@mobile-ai-agent/policies-testing";

export interface Fixture {
  readonly type: string;
  readonly props: Props;
}

const POD: Path = ["spec", "template", "spec"];
const CONTAINER: Path = [...POD, "containers", 0];
const selector = { matchLabels: { app: "api" } };
const metadata = { name: "api", namespace: "agent" };
const target = { apiVersion: "apps/v1", kind: "Deployment", name: "api" };

const pod = {
  automountServiceAccountToken: false,
  securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
  containers: [
    {
      name: "api",
      image: `ghcr.io/agent/api:1.2.3@sha256:${"ab".repeat(32)}`,
      env: [{ name: "PORT", value: "8000" }],
      ports: [{ containerPort: 8000 }],
      resources: { requests: { cpu: "500m", memory: "512Mi" }, limits: { cpu: "1", memory: "1Gi" } },
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      },
      startupProbe: { httpGet: { path: "/startupz", port: 9090 } },
      readinessProbe: { httpGet: { path: "/readyz", port: 9090 } },
      livenessProbe: { httpGet: { path: "/livez", port: 9090 } },
    },
  ],
  volumes: [{ name: "tmp", emptyDir: {} }],
};

/** A Deployment that satisfies every rule on one resource. */
export const deployment: Fixture = {
  type: "kubernetes:apps/v1:Deployment",
  props: {
    metadata,
    spec: { replicas: 1, selector, template: { metadata: { labels: { app: "api" } }, spec: pod } },
  },
};

export const cronJob: Fixture = {
  type: "kubernetes:batch/v1:CronJob",
  props: { metadata, spec: { jobTemplate: { spec: { template: { spec: pod } } } } },
};

export const horizontalAutoscaler: Fixture = {
  type: "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
  props: {
    metadata,
    spec: {
      scaleTargetRef: target,
      minReplicas: 3,
      maxReplicas: 10,
      metrics: [{ type: "Resource", resource: { name: "cpu" } }],
    },
  },
};

export const verticalAutoscaler: Fixture = {
  type: "kubernetes:autoscaling.k8s.io/v1:VerticalPodAutoscaler",
  props: { metadata, spec: { targetRef: target, updatePolicy: { updateMode: "Off" } } },
};

export const disruptionBudget: Fixture = {
  type: "kubernetes:policy/v1:PodDisruptionBudget",
  props: { metadata, spec: { maxUnavailable: 1, selector } },
};

export const ingress: Fixture = {
  type: "kubernetes:networking.k8s.io/v1:Ingress",
  props: {
    metadata,
    spec: { tls: [{ hosts: ["a.example"], secretName: "tls" }], rules: [{ host: "a.example" }] },
  },
};

export const gateway: Fixture = {
  type: "kubernetes:gateway.networking.k8s.io/v1:Gateway",
  props: {
    metadata,
    spec: {
      listeners: [
        {
          name: "https",
          port: 443,
          protocol: "HTTPS",
          tls: { mode: "Terminate", certificateRefs: [{ name: "tls" }] },
        },
      ],
    },
  },
};

export const namespace: Fixture = {
  type: "kubernetes:core/v1:Namespace",
  props: { metadata: { name: "agent", labels: { "pod-security.kubernetes.io/enforce": "restricted" } } },
};

export const denyAll: Fixture = {
  type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  props: {
    metadata: { name: "deny", namespace: "agent" },
    spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
  },
};

/** @returns the fixture with one property other, or without it. */
export function breaking(fixture: Fixture, path: Path, value?: unknown): Fixture {
  return { ...fixture, props: changed(fixture.props, path, value) };
}

export const breakPod = (path: Path, value?: unknown) => breaking(deployment, [...POD, ...path], value);
export const breakContainer = (path: Path, value?: unknown) =>
  breaking(deployment, [...CONTAINER, ...path], value);
