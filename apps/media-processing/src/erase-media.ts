import { type PartContext, type Participation, takePart } from "@mobile-ai-agent/erasure";
import { deletePrefix, type ObjectStore } from "@mobile-ai-agent/object-store";
import { userPrefixOf } from "./media-keys.ts";

/** This service's part in erasures: what it knows of a user's pictures and recordings, and their bytes. */
export function eraseMedia({ objects, ...rest }: PartContext & { objects: ObjectStore }): Participation {
  return takePart({
    ...rest,
    owner: "media-processing",
    others: {
      "media/": {
        async count(userId) {
          let count = 0;
          for await (const _ of objects.list(userPrefixOf(userId))) count += 1;
          return count;
        },
        erase: (userId) => deletePrefix(objects, userPrefixOf(userId)),
      },
    },
  });
}
