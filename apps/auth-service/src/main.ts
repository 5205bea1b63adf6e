import { runAuditCommand } from "@mobile-ai-agent/audit-log";
import { connectMongo, createLogger, readConfig, runService } from "@mobile-ai-agent/service-kit";
import { changeRole } from "./change-role.ts";
import { authConfig } from "./config.ts";
import { listErasures } from "./erasure/list-erasures.ts";
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
} else if (action === "audit") {
  process.exitCode = await audit(process.argv.slice(3));
} else if (action === "erasures") {
  for (const line of await listErasures(readConfig(authConfig))) console.log(line);
} else {
  console.error(
    "usage: no argument to serve, or: grant USERNAME | revoke USERNAME | audit verify | audit export | erasures",
  );
  process.exitCode = 2;
}

/** Reads the audit log of all services: this one has the keys that check it. */
async function audit(args: readonly string[]): Promise<number> {
  const config = readConfig(authConfig);
  const { db, close } = await connectMongo(config, "auth-service-audit");
  try {
    return await runAuditCommand(args, { db, keys: config.AUDIT_KEYS });
  } finally {
    await close();
  }
}
