import { account, deployment, type KubernetesObject } from "./objects.ts";

/**
 * The recommender of the VerticalPodAutoscaler. The platform's autoscalers only recommend (mode Off), so the updater
 * and the admission controller have nothing to do here.
 * Rules: https://github.com/kubernetes/autoscaler/tree/master/vertical-pod-autoscaler/deploy
 */
export function vpaRecommender(image: string): KubernetesObject[] {
  const place = { name: "vpa-recommender", namespace: "kube-system" };
  const read = ["get", "list", "watch"];
  return [
    ...account(place.name, place.namespace, [
      { apiGroups: [""], resources: ["pods", "nodes", "limitranges", "namespaces"], verbs: read },
      { apiGroups: [""], resources: ["events"], verbs: [...read, "create"] },
      { apiGroups: [""], resources: ["replicationcontrollers"], verbs: read },
      {
        apiGroups: ["apps"],
        resources: ["daemonsets", "deployments", "replicasets", "statefulsets"],
        verbs: read,
      },
      { apiGroups: ["batch"], resources: ["jobs", "cronjobs"], verbs: read },
      { apiGroups: ["*"], resources: ["*/scale"], verbs: ["get", "watch"] },
      { apiGroups: ["metrics.k8s.io"], resources: ["pods"], verbs: ["get", "list"] },
      { apiGroups: ["autoscaling.k8s.io"], resources: ["verticalpodautoscalers"], verbs: [...read, "patch"] },
      {
        apiGroups: ["autoscaling.k8s.io"],
        resources: ["verticalpodautoscalers/status"],
        verbs: ["get", "patch"],
      },
      {
        apiGroups: ["autoscaling.k8s.io"],
        resources: ["verticalpodautoscalercheckpoints"],
        verbs: [...read, "create", "patch", "delete"],
      },
    ]),
    deployment({
      ...place,
      image,
      args: ["--recommender-interval=15s", "--leader-elect=false", "--address=:8942"],
      ports: { metrics: 8942 },
      readiness: { path: "/health-check", port: "metrics" },
      requests: { cpu: "20m", memory: "64Mi" },
    }),
  ];
}
