import { type Props, resourceRule } from "@mobile-ai-agent/policies-rule-kit";
import { containersOf, WORKLOADS } from "../pods.ts";

const SECRET_NAME = /(^|_)(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIALS?|API_?KEY|PRIVATE_KEY)$/i;
const SECRET_VALUE = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  // A URL with a password.
  /^[a-z][a-z\d+.-]*:\/\/[^/?#@\s]*:[^/?#@\s]+@/i,
  // Access key ids of AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
  /\b(AKIA|ASIA)[A-Z2-7]{16}\b/,
];

/** By name and by form; the value itself is in no message. */
export const noPlainSecrets = resourceRule({
  name: "no-plain-secrets",
  description:
    "Whoever may read a workload reads its environment, and so does every crash report. Keep the value in a Secret " +
    "and mount it as a file, or name it with valueFrom.secretKeyRef.",
  enforcementLevel: "mandatory",
  types: WORKLOADS,
  *check(props, type) {
    for (const { value: container, path, title } of containersOf(props, type)) {
      for (const [index, { name, value }] of ((container.env ?? []) as Props[]).entries()) {
        if (typeof value !== "string" || value === "" || !looksSecret(name, value)) continue;
        const key = String(name).toLowerCase().replaceAll("_", "-");
        yield {
          wrong: `${title} has a secret as plain text in ${name}`,
          fix: [
            {
              path: [...path, "env", index],
              value: { name, valueFrom: { secretKeyRef: { name: `<secret with ${key}>`, key } } },
              example: { name, valueFrom: { secretKeyRef: { name: "credentials", key } } },
            },
          ],
        };
      }
    }
  },
});

const looksSecret = (name: string, value: string) =>
  (SECRET_NAME.test(name) && !value.startsWith("/")) || SECRET_VALUE.some((form) => form.test(value));
