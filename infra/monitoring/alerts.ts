import { all, errorRatio, quantile } from "./queries.ts";

/** A rule as Prometheus reads it: https://prometheus.io/docs/prometheus/2.42/configuration/alerting_rules/ */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  /** How long it has to hold. */
  readonly for?: string;
  readonly labels: { readonly severity: "critical" | "warning"; readonly service?: string };
  readonly annotations: { readonly summary: string; readonly description: string };
}

export interface AlertRules {
  readonly groups: readonly { readonly name: string; readonly rules: readonly AlertRule[] }[];
}

/** 99.5 % of the requests succeed; what is left is the budget for errors. */
const ERROR_BUDGET = 0.005;
/** With fewer requests, one error is not yet a burning budget. */
const ENOUGH_REQUESTS = 20;
/** Seconds within which 95 % of the requests are answered, those to the model aside. */
const LATENCY_TARGET = 1;
const MODEL_LATENCY_TARGET = 60;

/** @param maxPods the most pods that its autoscaler gives a service, by name; without one, the alert is left out */
export function alertRules(
  services: readonly string[],
  maxPods: Readonly<Record<string, number>>,
): AlertRules {
  return {
    groups: [
      { name: "availability", rules: [...services.map(serviceDown), podDown, podRestarts] },
      { name: "capacity", rules: Object.entries(maxPods).map(([name, max]) => atMaximum(name, max)) },
      { name: "requests", rules: [...burnRates, requestsSlow] },
      { name: "language-model", rules: [modelFails, modelSlow] },
      { name: "audit", rules: [auditTakenBack, auditLost] },
    ],
  };
}

function serviceDown(service: string): AlertRule {
  const up = `up{${all(`service="${service}"`)}}`;
  return {
    alert: "ServiceDown",
    // Without a single target there is no `up` to compare.
    expr: `sum(${up}) < 1 or absent(${up})`,
    for: "2m",
    labels: { severity: "critical", service },
    annotations: {
      summary: `No pod of ${service} answers`,
      description: "See `npm run status`, then the events and the last log lines of its pods.",
    },
  };
}

const podDown: AlertRule = {
  alert: "PodDown",
  expr: `up{${all()}} == 0`,
  for: "5m",
  labels: { severity: "warning" },
  annotations: {
    summary: "A pod of {{ $labels.service }} does not answer: {{ $labels.instance }}",
    description: "The others serve meanwhile. `kubectl get pods -o wide` says whose address it is.",
  },
};

const podRestarts: AlertRule = {
  alert: "PodRestarts",
  // A container that starts again keeps its pod's address, so that its series goes on.
  expr: `changes(process_start_time_seconds{${all()}}[30m]) > 2`,
  labels: { severity: "warning" },
  annotations: {
    summary:
      "A pod of {{ $labels.service }}, {{ $labels.instance }}, has started {{ $value }} times anew within 30 minutes",
    description:
      "See `kubectl logs --previous`: memory, probes or a defect. `kubectl get pods -o wide` says whose address it is.",
  },
};

function atMaximum(service: string, max: number): AlertRule {
  return {
    alert: "AutoscalerAtMaximum",
    expr: `count(up{${all(`service="${service}"`)}} == 1) >= ${max}`,
    for: "15m",
    labels: { severity: "warning", service },
    annotations: {
      summary: `${service} has all the ${max} pods that its autoscaler may give it`,
      description:
        "More load would slow it down: raise `max` in the stack's `scaling`, or find what loads it.",
    },
  };
}

/** Two windows each, so that it fires soon and ends soon: Google, The Site Reliability Workbook, chapter 5. */
const burnRates: readonly AlertRule[] = [
  { pace: "Fast", long: "1h", short: "5m", factor: 14.4, severity: "critical" as const },
  { pace: "Slow", long: "6h", short: "30m", factor: 6, severity: "warning" as const },
].map(({ pace, long, short, factor, severity }) => {
  const limit = Number((factor * ERROR_BUDGET).toFixed(6));
  const enough = `sum by (service) (increase(app_request_count{${all()}}[${long}])) > ${ENOUGH_REQUESTS}`;
  return {
    alert: `ErrorBudgetBurns${pace}`,
    expr: `${errorRatio("service", long)} > ${limit} and ${errorRatio("service", short)} > ${limit} and ${enough}`,
    labels: { severity },
    annotations: {
      summary: "{{ $labels.service }} fails {{ $value | humanizePercentage }} of its requests",
      description: `That is over ${factor} times what 99.5 % of success allow. Look for \`level: error\` in its logs.`,
    },
  };
});

const requestsSlow: AlertRule = {
  alert: "RequestsSlow",
  expr: `${quantile(0.95, {
    histogram: "app_request_latency_seconds",
    by: "service",
    window: "5m",
    matchers: 'service!="llm-server"',
  })} > ${LATENCY_TARGET}`,
  for: "10m",
  labels: { severity: "warning" },
  annotations: {
    summary: "{{ $labels.service }}: 95 % of the requests take up to {{ $value | humanizeDuration }}",
    description: "The routes are in the dashboard of the services.",
  },
};

const modelRate = (matchers = "") => `sum by (provider) (rate(llm_request_count{${all(matchers)}}[5m]))`;

const auditTakenBack: AlertRule = {
  alert: "AuditLogTakenBack",
  expr: `increase(audit_faults{${all()}}[1h]) > 0`,
  labels: { severity: "critical" },
  annotations: {
    summary: "Checkpoints of the audit log that {{ $labels.service }} wrote are gone",
    description: "The database was restored, or somebody removed them: docs/runbooks/audit.md.",
  },
};

const auditLost: AlertRule = {
  alert: "AuditEntriesLost",
  expr: `increase(audit_lost_entries{${all()}}[1h]) > 0`,
  labels: { severity: "warning" },
  annotations: {
    summary: "{{ $labels.service }} could not put {{ $value }} events on record",
    description: "The database was away for longer than memory lasts. `audit.lost` entries have the numbers.",
  },
};

const modelFails: AlertRule = {
  alert: "LanguageModelFails",
  expr: `${modelRate('status=~"failure|refused"')} / ${modelRate()} > 0.1`,
  for: "5m",
  labels: { severity: "critical" },
  annotations: {
    summary: "{{ $value | humanizePercentage }} of the questions to {{ $labels.provider }} get no answer",
    description: "`refused`: too many wait, so raise `max` of llm-server; `failure`: see its log.",
  },
};

const modelSlow: AlertRule = {
  alert: "LanguageModelSlow",
  expr: `${quantile(0.95, { histogram: "llm_request_latency_seconds", by: "provider", window: "5m" })} > ${MODEL_LATENCY_TARGET}`,
  for: "10m",
  labels: { severity: "warning" },
  annotations: {
    summary: "Answers of {{ $labels.provider }} take up to {{ $value | humanizeDuration }}",
    description: "Pods wait for processors, or the upstream is slow.",
  },
};
