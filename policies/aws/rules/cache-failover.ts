import { resourceRule } from "@mobile-ai-agent/policies-rule-kit";

/** @see https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoFailover.html */
export const cacheFailover = resourceRule({
  name: "cache-failover",
  description:
    "Without a copy in another zone that takes over, a zone's outage stops every answer under way. Set " +
    "automaticFailoverEnabled and multiAzEnabled.",
  enforcementLevel: "mandatory",
  types: ["aws:elasticache/replicationGroup:ReplicationGroup"],
  *check(props) {
    for (const key of ["automaticFailoverEnabled", "multiAzEnabled"]) {
      if (props[key] === true) continue;
      yield { wrong: `${key} is off: nothing takes over`, fix: [{ path: [key], value: true }] };
    }
  },
});
