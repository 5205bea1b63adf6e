export { type AuditLog, createAuditLog } from "./audit-log.ts";
export { createAuditMetrics } from "./audit-metrics.ts";
export { runAuditCommand } from "./command.ts";
export { type AuditEvent, type Party, user } from "./events.ts";
export { auditConfig, readAuditKeys } from "./keys.ts";
