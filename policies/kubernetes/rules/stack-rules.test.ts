import { describeRule } from "@mobile-ai-agent/policies-testing";
import {
  breaking,
  disruptionBudget as budget,
  denyAll,
  deployment,
  gateway,
  horizontalAutoscaler,
  ingress,
  namespace,
  verticalAutoscaler,
} from "../testing/fixtures.ts";
import { defaultDenyNetwork } from "./default-deny-network.ts";
import { disruptionBudget } from "./disruption-budget.ts";
import { gatewayTls } from "./gateway-tls.ts";
import { ingressTls } from "./ingress-tls.ts";
import { oneAutoscalerPerMetric } from "./one-autoscaler-per-metric.ts";
import { restrictedNamespace } from "./restricted-namespace.ts";

const auto = breaking(verticalAutoscaler, ["spec", "updatePolicy", "updateMode"], "Auto");
const containerPolicies = (...policies: object[]) =>
  breaking(auto, ["spec", "resourcePolicy"], { containerPolicies: policies });
const elsewhere = (fixture: typeof deployment) => breaking(fixture, ["metadata", "namespace"], "other");

describeRule(oneAutoscalerPerMetric, {
  passing: {
    "a vertical one that recommends only": [horizontalAutoscaler, verticalAutoscaler],
    "a vertical one alone": [auto],
    "different metrics": [
      horizontalAutoscaler,
      containerPolicies({ containerName: "*", controlledResources: ["memory"] }),
    ],
    "every container left out": [
      horizontalAutoscaler,
      containerPolicies({ containerName: "*", mode: "Off" }),
    ],
    "another namespace": [horizontalAutoscaler, elsewhere(auto)],
    "another workload": [horizontalAutoscaler, breaking(auto, ["spec", "targetRef", "name"], "web")],
    "a metric of its own": [
      breaking(horizontalAutoscaler, ["spec", "metrics", 0], {
        type: "Pods",
        pods: { metric: { name: "runs" } },
      }),
      auto,
    ],
  },
  failing: {
    "both on CPU": { stack: [horizontalAutoscaler, auto], says: "changes the cpu requests" },
    "no mode, which means to act": {
      stack: [horizontalAutoscaler, breaking(verticalAutoscaler, ["spec", "updatePolicy"])],
      says: 'spec.updatePolicy.updateMode to "Off"',
    },
    "one container of several left out": {
      stack: [horizontalAutoscaler, containerPolicies({ containerName: "sidecar", mode: "Off" })],
      says: "scales api",
    },
    "use of one container": {
      stack: [
        breaking(horizontalAutoscaler, ["spec", "metrics", 0], {
          type: "ContainerResource",
          containerResource: { name: "memory", container: "api" },
        }),
        auto,
      ],
      says: "changes the memory requests",
    },
  },
});

const three = breaking(deployment, ["spec", "replicas"], 3);
describeRule(disruptionBudget, {
  passing: {
    "one replica": [deployment],
    "a budget": [three, budget],
    "a budget of more pods": [three, breaking(budget, ["spec", "selector"], { matchLabels: {} })],
  },
  failing: {
    "three replicas": { stack: [three], says: "no PodDisruptionBudget protects its 3 replicas" },
    "two replicas": { stack: [breaking(deployment, ["spec", "replicas"], 2)], says: "its 2 replicas" },
    "replicas of an autoscaler": {
      stack: [breaking(deployment, ["spec", "replicas"]), horizontalAutoscaler],
      says: 'add pod disruption budget "api"',
    },
    "a budget of another namespace": { stack: [three, elsewhere(budget)], says: "3 replicas" },
    "a budget of other pods": {
      stack: [three, breaking(budget, ["spec", "selector", "matchLabels", "app"], "web")],
      says: "3 replicas",
    },
  },
});

describeRule(defaultDenyNetwork, {
  passing: {
    "both directions in one policy": [deployment, denyAll],
    "a policy each": [
      deployment,
      breaking(denyAll, ["spec", "policyTypes"], ["Ingress"]),
      breaking(breaking(denyAll, ["spec", "policyTypes"], ["Egress"]), ["metadata", "name"], "deny-egress"),
    ],
    "nothing to protect": [namespace],
  },
  failing: {
    "no policy": { stack: [deployment], says: "denies ingress and egress by default in namespace agent" },
    "one direction": {
      stack: [deployment, breaking(denyAll, ["spec", "policyTypes"])],
      says: "nothing denies egress",
    },
    "some pods": {
      stack: [deployment, breaking(denyAll, ["spec", "podSelector"], { matchLabels: { app: "api" } })],
      says: 'add network policy "default-deny"',
    },
    "a policy that allows": {
      stack: [deployment, breaking(denyAll, ["spec", "ingress"], [{}])],
      says: "ingress",
    },
    "a policy of another namespace": { stack: [deployment, elsewhere(denyAll)], says: "namespace agent" },
  },
});

const host = (name?: string) => breaking(ingress, ["spec", "rules", 0, "host"], name);
describeRule(ingressTls, {
  passing: {
    "a certificate for the host": ingress,
    "a wildcard's": breaking(host("a.b.example"), ["spec", "tls", 0, "hosts"], ["*.b.example"]),
  },
  failing: {
    "no certificate": { stack: breaking(ingress, ["spec", "tls"]), says: "a.example is served without TLS" },
    "a certificate without its secret": {
      stack: breaking(ingress, ["spec", "tls", 0, "secretName"]),
      says: "tls",
    },
    "another host's": { stack: host("b.example"), says: "b.example is served without TLS" },
    "a wildcard's second label": {
      stack: breaking(host("a.b.c.example"), ["spec", "tls", 0, "hosts"], ["*.c.example"]),
      says: "a.b.c.example",
    },
    "every host": { stack: host(), says: "every host is served without TLS" },
  },
});

const listener = ["spec", "listeners", 0];
describeRule(gatewayTls, {
  passing: { HTTPS: gateway, "no listener": breaking(gateway, ["spec", "listeners"], []) },
  failing: {
    HTTP: {
      stack: breaking(gateway, [...listener, "protocol"], "HTTP"),
      says: 'listener "https" speaks HTTP',
    },
    "no certificate": { stack: breaking(gateway, [...listener, "tls"]), says: "<TLS secret>" },
  },
});

const level = ["metadata", "labels", "pod-security.kubernetes.io/enforce"];
describeRule(restrictedNamespace, {
  passing: { restricted: namespace, "what is no namespace": deployment },
  failing: {
    "no level": {
      stack: breaking(namespace, level),
      says: 'set metadata.labels["pod-security.kubernetes.io/enforce"] to "restricted"',
    },
    baseline: { stack: breaking(namespace, level, "baseline"), says: 'enforces Pod Security "baseline"' },
    "no labels": { stack: breaking(namespace, ["metadata", "labels"]), says: "privileged" },
  },
});
