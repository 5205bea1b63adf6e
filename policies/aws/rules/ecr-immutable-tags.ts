import { resourceRule } from "@mobile-ai-agent/policies-rule-kit";

export const ecrImmutableTags = resourceRule({
  name: "ecr-immutable-tags",
  description: "A tag that can move lets someone swap what was tested. Set imageTagMutability: IMMUTABLE.",
  enforcementLevel: "mandatory",
  types: ["aws:ecr/repository:Repository"],
  *check({ imageTagMutability }) {
    if (imageTagMutability === "IMMUTABLE") return;
    yield { wrong: "its tags can be moved", fix: [{ path: ["imageTagMutability"], value: "IMMUTABLE" }] };
  },
});
