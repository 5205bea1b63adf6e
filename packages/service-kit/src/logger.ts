import { createLogger as createWinston, format, transports, type Logger as WinstonLogger } from "winston";
import { requestContext } from "./request-context.ts";

export type Logger = WinstonLogger;

const SECRET = /authorization|password|passphrase|secret|cookie|private_?key|api_?key|token$/i;
const REDACTED = "[redacted]";
const MAX_DEPTH = 6;

/**
 * A logger of JSON lines on stdout. Values under keys that name a secret (authorization, password, token, cookie, …)
 * are redacted at any depth, and lines carry the `request_id` of the request they belong to.
 */
export function createLogger(service: string, level = "info"): Logger {
  return createWinston({
    level,
    defaultMeta: { service },
    format: format.combine(format.timestamp(), safe(), format.json()),
    transports: [new transports.Console({ stderrLevels: [] })],
  });
}

const safe = format((info) => {
  const requestId = requestContext.getStore()?.requestId;
  if (requestId !== undefined) info.request_id ??= requestId;
  for (const key of Object.keys(info)) info[key] = redact(key, info[key], 0);
  return info;
});

function redact(key: string, value: unknown, depth: number): unknown {
  if (SECRET.test(key) && value !== undefined && value !== null) return REDACTED;
  if (typeof value !== "object" || value === null) return value;
  if (depth >= MAX_DEPTH) return "[deep]";
  if (value instanceof Error) {
    const { name, message, stack, cause } = value;
    return { name, message, stack, ...(cause ? { cause: redact("cause", cause, depth + 1) } : {}) };
  }
  if (Array.isArray(value)) return value.map((item) => redact("", item, depth + 1));
  if (value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, redact(name, item, depth + 1)]),
  );
}
