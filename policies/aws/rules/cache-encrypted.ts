import { resourceRule } from "@mobile-ai-agent/policies-rule-kit";

const SWITCHES = { atRestEncryptionEnabled: "on disk", transitEncryptionEnabled: "on the network" };

export const cacheEncrypted = resourceRule({
  name: "cache-encrypted",
  description:
    "Redis holds messages on their way: on the network and in backups they are plain text otherwise. Set " +
    "atRestEncryptionEnabled and transitEncryptionEnabled.",
  enforcementLevel: "mandatory",
  types: ["aws:elasticache/replicationGroup:ReplicationGroup"],
  *check(props) {
    for (const [key, where] of Object.entries(SWITCHES)) {
      if (props[key] === true) continue;
      yield { wrong: `its data is not encrypted ${where}`, fix: [{ path: [key], value: true }] };
    }
  },
});
