import { resourceRule } from "@mobile-ai-agent/policies-rule-kit";
import { containersOf, WORKLOADS } from "../pods.ts";

const DIGEST = /@sha256:[0-9a-f]{64}$/;
const LOCAL = /^localhost(:\d+)?\//;
const FLOATING = ["latest", "stable", "main", "master", "edge", "nightly"];

/**
 * An image of the node's own store (`localhost/…`) is never pulled, so that a tag is enough for it.
 * Form of a reference: https://github.com/distribution/reference
 */
export const pinnedImages = resourceRule({
  name: "pinned-images",
  description:
    "A tag of a registry can be moved, so that a restart runs other code than what was tested. Name registry images " +
    "by digest; images of the node's own store (localhost/…) by a tag that doesn't move.",
  enforcementLevel: "mandatory",
  types: WORKLOADS,
  *check(props, type) {
    for (const { value, path, title } of containersOf(props, type)) {
      const image: string = value.image ?? "";
      if (DIGEST.test(image)) continue;
      const [, repository = image, tag] = /^(.*?)(?::([\w][\w.-]*))?$/.exec(image) ?? [];
      const local = LOCAL.test(image);
      if (local && tag !== undefined && !FLOATING.includes(tag)) continue;
      yield {
        wrong: local
          ? `${title} runs ${image}, whose tag moves`
          : `${title} runs ${image || "no image"}, which is not named by digest`,
        fix: [
          local
            ? { path: [...path, "image"], value: `${repository}:<version>`, example: `${repository}:1.0.0` }
            : {
                path: [...path, "image"],
                value: `${image || "<image>"}@sha256:<digest>`,
                example: `${image || "image"}@sha256:${"0".repeat(64)}`,
              },
        ],
      };
    }
  },
});
