import { contentKeysConfig, openMasterKeys, rewrapDataKeys } from "@mobile-ai-agent/content-cipher";
import { connectMongo, type Logger, mongoConfig, readConfig } from "@mobile-ai-agent/service-kit";
import { z } from "zod";

const rewrapConfig = z.object({ ...mongoConfig.shape, ...contentKeysConfig.shape });

/**
 * Wraps every user's data key by the first master key, while the services go on.
 *
 * @returns how many were wrapped by another
 * @throws ContentFault for one that no master key opens
 */
export async function rewrap(env: NodeJS.ProcessEnv, logger: Logger): Promise<number> {
  const config = readConfig(rewrapConfig, env);
  const ring = openMasterKeys(config, logger);
  const mongo = await connectMongo(config, "context-protocol-server-rewrap");
  try {
    let rewrapped = 0;
    // Until a pass finds none: a service may have wrapped one by the key before meanwhile.
    for (let found = -1; found !== 0; rewrapped += found) found = await rewrapDataKeys(mongo.db, ring);
    return rewrapped;
  } finally {
    ring.close();
    await mongo.close();
  }
}
