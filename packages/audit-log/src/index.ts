export { type AuditLog, createAuditLog } from "./audit-log.ts";
export { createAuditMetrics } from "./audit-metrics.ts";
export { canonical } from "./canonical.ts";
export { runAuditCommand } from "./command.ts";
export { type AuditEvent, type Party, user } from "./events.ts";
export { type AuditKeys, auditConfig, createAuditVerifier, readAuditKeys } from "./keys.ts";
export { checkEntry, entriesAbout } from "./look-up.ts";
