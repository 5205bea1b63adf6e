import { type FollowedFile, followFile, type Logger } from "@mobile-ai-agent/service-kit";
import { type KeySet, readKeySet } from "./key-set.ts";

/**
 * The keys of a file that may change under way, as a mounted Secret does when keys are rotated.
 *
 * @param initial the keys in force, until the file has others
 */
export function followKeys(options: {
  initial: KeySet;
  file: string | undefined;
  logger: Logger;
  onChange?: (keys: KeySet) => void;
  pollMs?: number;
}): FollowedFile<KeySet> {
  const { logger, onChange } = options;
  return followFile({
    ...options,
    parse: readKeySet,
    same: (one, other) => idsOf(one) === idsOf(other),
    onChange: (keys) => {
      const { signing, jwks } = keys;
      logger.info("signing keys changed", { signing: signing.kid, published: jwks.keys.length });
      onChange?.(keys);
    },
    onFault: (path) =>
      logger.error("the signing keys can't be read; the ones before stay in force", { path }),
  });
}

function idsOf({ jwks }: KeySet): string {
  return jwks.keys.map(({ kid }) => kid).join();
}
