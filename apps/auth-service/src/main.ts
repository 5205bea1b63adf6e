import { createLogger, readConfig, runService } from "@mobile-ai-agent/service-kit";
import { changeRole } from "./change-role.ts";
import { authConfig } from "./config.ts";
import { createAuthService } from "./service.ts";

const [action, username = ""] = process.argv.slice(2);
if (action === undefined) {
  await runService("auth-service", ({ env, logger }) =>
    createAuthService(readConfig(authConfig, env), logger),
  );
} else if (action === "grant" || action === "revoke") {
  const logger = createLogger("auth-service", "info", process.env.ENVIRONMENT);
  if (!(await changeRole(readConfig(authConfig), logger, { action, username }))) {
    console.error(`nobody has the username ${JSON.stringify(username)}`);
    process.exitCode = 1;
  }
} else {
  console.error("usage: no argument to serve, or: grant USERNAME | revoke USERNAME");
  process.exitCode = 2;
}
