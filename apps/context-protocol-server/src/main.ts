import { createLogger, runService } from "@mobile-ai-agent/service-kit";
import { readServiceConfig } from "./config.ts";
import { rewrap } from "./rewrap.ts";
import { createService } from "./service.ts";

const [action] = process.argv.slice(2);
if (action === undefined) {
  await runService("context-protocol-server", ({ env, logger }) =>
    createService(readServiceConfig(env), { logger }),
  );
} else if (action === "rewrap") {
  const logger = createLogger("context-protocol-server", "error", process.env.ENVIRONMENT);
  console.log(await rewrap(process.env, logger));
} else {
  console.error("usage: no argument to serve, or: rewrap");
  process.exitCode = 2;
}
