import { resourceRule } from "@mobile-ai-agent/policies-rule-kit";
import { containersOf, WORKLOADS } from "../pods.ts";

/** The only one that Pod Security "restricted" lets a container add: ports below 1024. */
const ALLOWED = "NET_BIND_SERVICE";

export const dropAllCapabilities = resourceRule({
  name: "drop-all-capabilities",
  description: `Capabilities are root in slices. Drop ALL of them and add none but ${ALLOWED}.`,
  enforcementLevel: "mandatory",
  types: WORKLOADS,
  *check(props, type) {
    for (const { value, path, title } of containersOf(props, type)) {
      const { drop = [], add = [] } = value.securityContext?.capabilities ?? {};
      const capabilities = [...path, "securityContext", "capabilities"];
      if (!drop.includes("ALL")) {
        yield {
          wrong: `${title} keeps capabilities`,
          fix: [{ path: [...capabilities, "drop"], value: ["ALL"] }],
        };
      }
      const extra = add.filter((name: string) => name !== ALLOWED);
      if (extra.length > 0) {
        const rest = add.filter((name: string) => name === ALLOWED);
        yield {
          wrong: `${title} adds ${extra.join(", ")}`,
          fix: [{ path: [...capabilities, "add"], ...(rest.length > 0 && { value: rest }) }],
        };
      }
    }
  },
});
