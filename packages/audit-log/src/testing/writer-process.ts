import { connectMongo, createLogger } from "@mobile-ai-agent/service-kit";
import { createAuditLog } from "../audit-log.ts";
import { user } from "../events.ts";
import { readAuditKeys } from "../keys.ts";

/** A process that records without end, to be killed. It tells its parent how many it has recorded. */
const logger = createLogger("test", "none");
const { db } = await connectMongo({ MONGODB_URI: process.env.MONGODB_URI ?? "" }, "test");
const keys = readAuditKeys(process.env.AUDIT_KEYS ?? "");
const log = await createAuditLog({ db, keys, service: "killed", logger, checkpointMs: 50 });
for (let count = 1; ; count++) {
  for (let i = 0; i < 20; i++) log.record({ action: "media.deleted", actor: user("u"), outcome: "success" });
  process.send?.(count * 20);
  await new Promise((resolve) => setTimeout(resolve, 5));
}
