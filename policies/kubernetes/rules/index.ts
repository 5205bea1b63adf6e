import { defaultDenyNetwork } from "./default-deny-network.ts";
import { disruptionBudget } from "./disruption-budget.ts";
import { dropAllCapabilities } from "./drop-all-capabilities.ts";
import { gatewayTls } from "./gateway-tls.ts";
import { ingressTls } from "./ingress-tls.ts";
import { noHostAccess } from "./no-host-access.ts";
import { noPlainSecrets } from "./no-plain-secrets.ts";
import { noPrivilegeEscalation } from "./no-privilege-escalation.ts";
import { noServiceAccountToken } from "./no-service-account-token.ts";
import { oneAutoscalerPerMetric } from "./one-autoscaler-per-metric.ts";
import { pinnedImages } from "./pinned-images.ts";
import { readOnlyRoot } from "./read-only-root.ts";
import { requestsAndLimits } from "./requests-and-limits.ts";
import { restrictedNamespace } from "./restricted-namespace.ts";
import { runAsNonRoot } from "./run-as-non-root.ts";
import { seccompProfile } from "./seccomp-profile.ts";
import { splitProbes } from "./split-probes.ts";

/** What every Kubernetes stack of this project satisfies. */
export const RULES = [
  runAsNonRoot,
  noPrivilegeEscalation,
  dropAllCapabilities,
  readOnlyRoot,
  seccompProfile,
  noHostAccess,
  noServiceAccountToken,
  noPlainSecrets,
  pinnedImages,
  requestsAndLimits,
  splitProbes,
  oneAutoscalerPerMetric,
  disruptionBudget,
  ingressTls,
  gatewayTls,
  restrictedNamespace,
  defaultDenyNetwork,
];
