import { type Props, resourceRule } from "@mobile-ai-agent/policies-rule-kit";

/** @see https://gateway-api.sigs.k8s.io/guides/tls/ */
export const gatewayTls = resourceRule({
  name: "gateway-tls",
  description:
    "Tokens and messages must not cross a network as plain text. Give every listener of a Gateway the protocol HTTPS and " +
    "a certificate; the controller sends plain HTTP to it.",
  enforcementLevel: "mandatory",
  types: ["kubernetes:gateway.networking.k8s.io/v1:Gateway"],
  *check({ spec = {} }) {
    for (const [index, listener] of ((spec.listeners ?? []) as Props[]).entries()) {
      const path = ["spec", "listeners", index];
      const title = `listener ${JSON.stringify(listener.name)}`;
      if (listener.protocol !== "HTTPS") {
        yield {
          wrong: `${title} speaks ${listener.protocol}`,
          fix: [{ path: [...path, "protocol"], value: "HTTPS" }],
        };
      }
      if (!listener.tls?.certificateRefs?.length) {
        yield {
          wrong: `${title} has no certificate`,
          fix: [
            {
              path: [...path, "tls", "certificateRefs"],
              value: [{ name: "<TLS secret>" }],
              example: [{ name: "tls" }],
            },
          ],
        };
      }
    }
  },
});
