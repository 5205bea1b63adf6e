import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment.js";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount.js";
import * as pulumi from "@pulumi/pulumi";
import { apiToken, grant, type Rule, toApiServer } from "./api-access.ts";
import { createClosedNamespace } from "./closed-namespace.ts";
import { CONTAINER_SECURITY, labelsOf, POD_SECURITY, volumesFor } from "./pod.ts";

const NAME = "vpa-recommender";
const NAMESPACE = "vertical-autoscaler";
const READ = ["get", "list", "watch"];
const GROUP = "autoscaling.k8s.io";

/** As in the project's own deployment: https://github.com/kubernetes/autoscaler/tree/master/vertical-pod-autoscaler/deploy */
const RULES: Rule[] = [
  { apiGroups: [""], resources: ["pods", "nodes", "limitranges", "namespaces"], verbs: READ },
  { apiGroups: [""], resources: ["events"], verbs: [...READ, "create"] },
  { apiGroups: [""], resources: ["replicationcontrollers"], verbs: READ },
  {
    apiGroups: ["apps"],
    resources: ["daemonsets", "deployments", "replicasets", "statefulsets"],
    verbs: READ,
  },
  { apiGroups: ["batch"], resources: ["jobs", "cronjobs"], verbs: READ },
  { apiGroups: ["*"], resources: ["*/scale"], verbs: ["get", "watch"] },
  { apiGroups: ["metrics.k8s.io"], resources: ["pods"], verbs: ["get", "list"] },
  { apiGroups: [GROUP], resources: ["verticalpodautoscalers"], verbs: [...READ, "patch"] },
  { apiGroups: [GROUP], resources: ["verticalpodautoscalers/status"], verbs: ["get", "patch"] },
  {
    apiGroups: [GROUP],
    resources: ["verticalpodautoscalercheckpoints"],
    verbs: [...READ, "create", "patch", "delete"],
  },
];

export interface VerticalAutoscalerArgs {
  readonly image: string;
  /** Address ranges of the Kubernetes API. */
  readonly apiServer: readonly string[];
  /** The definitions of what it reads and writes. */
  readonly after: pulumi.Resource[];
}

/** The recommender of the VerticalPodAutoscaler. The platform's autoscalers only recommend, so it is all they need. */
export class VerticalAutoscaler extends pulumi.ComponentResource {
  constructor(args: VerticalAutoscalerArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("mobile-ai-agent:components:VerticalAutoscaler", NAME, {}, opts);
    const parent = { parent: this };
    const namespace = createClosedNamespace(NAMESPACE, { egress: [toApiServer(args.apiServer)] }, parent);
    const labels = labelsOf(NAME);
    const metadata = { name: NAME, namespace, labels };
    const account = new ServiceAccount(NAME, { metadata, automountServiceAccountToken: false }, parent);
    grant(NAME, { account: { name: NAME, namespace }, rules: RULES }, parent);
    new Deployment(
      NAME,
      {
        metadata,
        spec: {
          // It keeps its histories in the cluster; two of them would both write them.
          replicas: 1,
          strategy: { type: "Recreate" },
          selector: { matchLabels: { "app.kubernetes.io/name": NAME } },
          template: { metadata: { labels }, spec: podSpec(args.image, account.metadata.name) },
        },
      },
      { ...parent, dependsOn: args.after },
    );
    this.registerOutputs();
  }
}

function podSpec(image: string, serviceAccountName: pulumi.Input<string>) {
  const { volumes, volumeMounts } = volumesFor([]);
  const health = { httpGet: { path: "/health-check", port: "metrics" } };
  return {
    serviceAccountName,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: POD_SECURITY,
    containers: [
      {
        name: NAME,
        image,
        imagePullPolicy: "IfNotPresent",
        args: ["--leader-elect=false", "--address=:8942"],
        ports: [{ name: "metrics", containerPort: 8942, protocol: "TCP" }],
        resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { cpu: "1", memory: "512Mi" } },
        securityContext: CONTAINER_SECURITY,
        volumeMounts: [...volumeMounts, apiToken.mount],
        startupProbe: { ...health, periodSeconds: 2, failureThreshold: 60 },
        readinessProbe: { tcpSocket: { port: "metrics" }, periodSeconds: 10 },
        livenessProbe: { ...health, periodSeconds: 10, failureThreshold: 6 },
      },
    ],
    volumes: [...volumes, apiToken.volume],
  };
}
