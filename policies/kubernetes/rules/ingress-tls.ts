import { type Props, resourceRule } from "@mobile-ai-agent/policies-rule-kit";

export const ingressTls = resourceRule({
  name: "ingress-tls",
  description:
    "Tokens and messages must not cross a network as plain text. List every host of an Ingress in spec.tls with a " +
    "secret of its own.",
  enforcementLevel: "mandatory",
  types: ["kubernetes:networking.k8s.io/v1:Ingress"],
  *check({ spec = {} }) {
    const entries: Props[] = spec.tls ?? [];
    const covered = entries
      .filter(({ secretName }) => secretName)
      .flatMap(({ hosts }): (string | undefined)[] => hosts ?? [undefined]);
    const hosts = new Set(((spec.rules ?? [{}]) as Props[]).map((rule) => rule.host as string | undefined));
    const bare = [...hosts].filter((host) => !covered.some((pattern) => matches(host, pattern)));
    if (bare.length === 0) return;
    const named = bare.filter((host) => host !== undefined);
    const entry = (secretName: string) => ({ ...(named.length > 0 && { hosts: named }), secretName });
    yield {
      wrong: `${named.join(", ") || "every host"} is served without TLS`,
      fix: [
        {
          path: ["spec", "tls"],
          value: [...entries, entry("<TLS secret>")],
          example: [...entries, entry("tls")],
        },
      ],
    };
  },
});

/** A wildcard stands for one label: https://kubernetes.io/docs/concepts/services-networking/ingress/#hostname-wildcards */
function matches(host: string | undefined, pattern: string | undefined): boolean {
  if (host === pattern) return true;
  return Boolean(pattern?.startsWith("*.") && host?.slice(host.indexOf(".")) === pattern.slice(1));
}
