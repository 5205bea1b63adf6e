import { hostname } from "node:os";
import { createLogger as createWinston, format, transports, type Logger as WinstonLogger } from "winston";
import { redact } from "./redact.ts";
import { currentContext } from "./request-context.ts";

export type Logger = WinstonLogger;

/**
 * A logger of JSON lines on stdout, each with `timestamp`, `level`, `message`, `service`, `hostname` (in a cluster, the
 * pod's name) and `environment`, and with the `request_id` and `trace_id` of the request that it belongs to. Secrets
 * are redacted; see `redact`.
 */
export function createLogger(service: string, level = "info", environment = "development"): Logger {
  return createWinston({
    level,
    defaultMeta: { service, hostname: hostname(), environment },
    format: format.combine(format.timestamp(), safe(), format.json()),
    transports: [new transports.Console({ stderrLevels: [] })],
  });
}

const safe = format((info) => {
  const context = currentContext();
  if (context) {
    info.request_id ??= context.requestId;
    info.trace_id ??= context.traceId;
  }
  for (const key of Object.keys(info)) info[key] = redact(key, info[key]);
  return info;
});
