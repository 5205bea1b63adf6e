import { describeRule } from "@mobile-ai-agent/policies-testing";
import { breakContainer, breaking, breakPod, cronJob, deployment, namespace } from "../testing/fixtures.ts";
import { dropAllCapabilities } from "./drop-all-capabilities.ts";
import { noHostAccess } from "./no-host-access.ts";
import { noPlainSecrets } from "./no-plain-secrets.ts";
import { noPrivilegeEscalation } from "./no-privilege-escalation.ts";
import { noServiceAccountToken } from "./no-service-account-token.ts";
import { pinnedImages } from "./pinned-images.ts";
import { readOnlyRoot } from "./read-only-root.ts";
import { requestsAndLimits } from "./requests-and-limits.ts";
import { runAsNonRoot } from "./run-as-non-root.ts";
import { seccompProfile } from "./seccomp-profile.ts";
import { splitProbes } from "./split-probes.ts";

/** Two containers and an open pod: the first has the property, the second would inherit it. */
const oneOfTwo = (own: object, open: ReturnType<typeof breakPod>) =>
  breaking(
    open,
    ["spec", "template", "spec", "containers"],
    [
      { name: "own", securityContext: own },
      { name: "heir", securityContext: {} },
    ],
  );
const happy = { "a Deployment": deployment, "a CronJob": cronJob, "what makes no pods": namespace };
const cronPod = ["spec", "jobTemplate", "spec", "template", "spec"];
const context = (key: string, value?: unknown) => breakContainer(["securityContext", key], value);
const env = (name: string, value: string) => breakContainer(["env"], [{ name, value }]);
const image = (reference?: string) => breakContainer(["image"], reference);

describeRule(runAsNonRoot, {
  passing: { ...happy, "a container that says so itself": context("runAsNonRoot", true) },
  failing: {
    "a pod that leaves it open": {
      stack: breakPod(["securityContext", "runAsNonRoot"]),
      says: 'deployment "api": the pod may run as root. Smallest change that passes: set spec.template.spec.securityContext.runAsNonRoot to true.',
    },
    "a pod without a security context": { stack: breakPod(["securityContext"]), says: "may run as root" },
    "one container of two that says so": {
      stack: oneOfTwo({ runAsNonRoot: true }, breakPod(["securityContext", "runAsNonRoot"])),
      says: "the pod may run as root",
    },
    "a container that takes it back": { stack: context("runAsNonRoot", false), says: 'container "api" may' },
    "user 0": { stack: breakPod(["securityContext", "runAsUser"], 0), says: "user 0" },
    "user 0 of a container": { stack: context("runAsUser", 0), says: 'container "api" runs as user 0' },
    "a CronJob": { stack: breaking(cronJob, [...cronPod, "securityContext"]), says: "spec.jobTemplate.spec" },
  },
});

describeRule(noPrivilegeEscalation, {
  passing: happy,
  failing: {
    "a container that leaves it open": { stack: context("allowPrivilegeEscalation"), says: "to false" },
    "a container that asks for it": { stack: context("allowPrivilegeEscalation", true), says: "may gain" },
    "a privileged container": { stack: context("privileged", true), says: "remove spec.template.spec" },
    "an init container": {
      stack: breakPod(["initContainers"], [{ name: "init" }]),
      says: 'container "init" may gain privileges',
    },
  },
});

describeRule(dropAllCapabilities, {
  passing: { ...happy, "low ports": context("capabilities", { drop: ["ALL"], add: ["NET_BIND_SERVICE"] }) },
  failing: {
    "no list": { stack: context("capabilities"), says: 'capabilities.drop to ["ALL"]' },
    "some dropped": { stack: context("capabilities", { drop: ["NET_RAW"] }), says: "keeps capabilities" },
    "one added": {
      stack: context("capabilities", { drop: ["ALL"], add: ["SYS_ADMIN"] }),
      says: "adds SYS_ADMIN",
    },
    "one too many added": {
      stack: context("capabilities", { drop: ["ALL"], add: ["NET_BIND_SERVICE", "SYS_TIME"] }),
      says: 'capabilities.add to ["NET_BIND_SERVICE"]',
    },
  },
});

describeRule(readOnlyRoot, {
  passing: happy,
  failing: { "a writable root": { stack: context("readOnlyRootFilesystem", false), says: "to true" } },
});

describeRule(seccompProfile, {
  passing: {
    ...happy,
    "a profile of its own": breakPod(["securityContext", "seccompProfile", "type"], "Localhost"),
  },
  failing: {
    "no profile": { stack: breakPod(["securityContext", "seccompProfile"]), says: "no seccomp filter" },
    "one container of two with a profile": {
      stack: oneOfTwo(
        { seccompProfile: { type: "RuntimeDefault" } },
        breakPod(["securityContext", "seccompProfile"]),
      ),
      says: "the pod has no seccomp filter",
    },
    "an unconfined pod": {
      stack: breakPod(["securityContext", "seccompProfile", "type"], "Unconfined"),
      says: "no seccomp filter",
    },
    "an unconfined container": {
      stack: context("seccompProfile", { type: "Unconfined" }),
      says: 'container "api" turns its seccomp filter off',
    },
  },
});

describeRule(noHostAccess, {
  passing: happy,
  failing: {
    "the node's network": {
      stack: breakPod(["hostNetwork"], true),
      says: "remove spec.template.spec.hostNetwork",
    },
    "the node's processes": { stack: breakPod(["hostPID"], true), says: "hostPID" },
    "the node's shared memory": { stack: breakPod(["hostIPC"], true), says: "hostIPC" },
    "a folder of the node": {
      stack: breakPod(["volumes", 0], { name: "tmp", hostPath: { path: "/" } }),
      says: 'volume "tmp" is a folder of the node',
    },
    "a port of the node": { stack: breakContainer(["ports", 0, "hostPort"], 80), says: "takes port 80" },
  },
});

describeRule(noServiceAccountToken, {
  passing: happy,
  failing: {
    "left to the account": { stack: breakPod(["automountServiceAccountToken"]), says: "to false" },
    "asked for": { stack: breakPod(["automountServiceAccountToken"], true), says: "Kubernetes API" },
  },
});

const SECRET_MESSAGE = "has a secret as plain text in";
describeRule(noPlainSecrets, {
  passing: {
    ...happy,
    "a reference": breakContainer(
      ["env"],
      [{ name: "API_KEY", valueFrom: { secretKeyRef: { name: "a", key: "b" } } }],
    ),
    "a path to the secret": env("REDIS_PASSWORD", "/run/secrets/redis/password"),
    "what only sounds like one": env("TOKEN_ISSUER", "https://a.example"),
    "a URL with a user alone": env("REDIS_URL", "redis://app@redis:6379"),
  },
  failing: {
    "a password": { stack: env("DB_PASSWORD", "hunter2"), says: `${SECRET_MESSAGE} DB_PASSWORD` },
    "an API key": { stack: env("OPENAI_API_KEY", "sk-1"), says: SECRET_MESSAGE },
    "a password in a URL": {
      stack: env("REDIS_URL", "redis://app:hunter2@redis:6379"),
      says: SECRET_MESSAGE,
    },
    "a password without a user": { stack: env("REDIS_URL", "redis://:hunter2@redis"), says: SECRET_MESSAGE },
    "a private key": { stack: env("PEM", "-----BEGIN EC PRIVATE KEY-----\nMHc"), says: SECRET_MESSAGE },
    "a key of AWS": { stack: env("ID", `AKIA${"A".repeat(16)}`), says: SECRET_MESSAGE },
  },
});

describeRule(pinnedImages, {
  passing: {
    ...happy,
    "a digest without a tag": image(`ghcr.io/agent/api@sha256:${"0".repeat(64)}`),
    "a version in the node's own store": image("localhost/agent/api:3f2a"),
    "the node's own store behind a port": image("localhost:5000/agent/api:3f2a"),
  },
  failing: {
    "a tag of a registry": { stack: image("ghcr.io/agent/api:1.2.3"), says: "not named by digest" },
    "no tag": { stack: image("redis"), says: 'to "redis@sha256:<digest>"' },
    "no image": { stack: image(), says: "no image" },
    "a registry with a port": { stack: image("registry:5000/api"), says: "not named by digest" },
    "a name that begins like the own store": { stack: image("localhost.example/api:1"), says: "by digest" },
    "the latest of the own store": { stack: image("localhost/api:latest"), says: "whose tag moves" },
    "no tag in the own store": { stack: image("localhost:5000/api"), says: '"localhost:5000/api:<version>"' },
  },
});

describeRule(requestsAndLimits, {
  passing: happy,
  failing: {
    "no request of CPU": {
      stack: breakContainer(["resources", "requests", "cpu"]),
      says: "no requests of cpu",
    },
    "no limit of memory": {
      stack: breakContainer(["resources", "limits", "memory"]),
      says: "limits of memory",
    },
    nothing: { stack: breakContainer(["resources"]), says: "no limits of cpu" },
  },
});

describeRule(splitProbes, {
  passing: {
    ...happy,
    "a database over TCP": breakContainer(["readinessProbe"], { tcpSocket: { port: 6379 } }),
    "a job": breaking(cronJob, [...cronPod, "containers", 0, "livenessProbe"]),
  },
  failing: {
    "no startup probe": { stack: breakContainer(["startupProbe"]), says: "has no startupProbe" },
    "no readiness probe": { stack: breakContainer(["readinessProbe"]), says: "has no readinessProbe" },
    "no liveness probe": { stack: breakContainer(["livenessProbe"]), says: "has no livenessProbe" },
    "one for two": {
      stack: breakContainer(["livenessProbe", "httpGet", "path"], "/readyz"),
      says: 'livenessProbe.httpGet.path to "/livez"',
    },
    "one for two at the other path": {
      stack: breakContainer(["readinessProbe", "httpGet", "path"], "/livez"),
      says: "ask the same",
    },
  },
});
