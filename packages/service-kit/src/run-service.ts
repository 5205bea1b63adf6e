import { ConfigError } from "./config.ts";
import { createLogger, type Logger } from "./logger.ts";

export interface Service {
  /** Resolves when the service serves. */
  start(): Promise<void>;
  /** Takes nothing new, finishes what is under way, frees everything. Also after a failed start. */
  stop(): Promise<void>;
}

const DRAIN_MS = 25_000;

/**
 * Runs a service as the process: starts it, drains it on SIGTERM or SIGINT within 25 s, and ends the process with 0, or
 * with 1 when the configuration is not usable, the start or the drain failed, or an error was caught nowhere.
 * `ENVIRONMENT` names the deployment in its log lines.
 */
export async function runService(
  name: string,
  create: (deps: { env: NodeJS.ProcessEnv; logger: Logger }) => Service | Promise<Service>,
): Promise<void> {
  const logger = createLogger(name, process.env.LOG_LEVEL || "info", process.env.ENVIRONMENT);
  let service: Service | undefined;
  let ending = false;

  const end = async (code: number) => {
    if (ending) return;
    ending = true;
    const impatience = setTimeout(() => {
      logger.error(`not drained within ${DRAIN_MS / 1000} s`);
      process.exit(1);
    }, DRAIN_MS);
    try {
      await service?.stop();
    } catch (error) {
      logger.error("stop failed", { error });
      process.exit(1);
    }
    clearTimeout(impatience);
    process.exit(code);
  };

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      logger.info("stopping", { signal });
      void end(0);
    });
  }
  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(event, (error: unknown) => {
      logger.error("an error was caught nowhere", { event, error });
      void end(1);
    });
  }

  try {
    service = await create({ env: process.env, logger });
    await service.start();
    logger.info("started");
  } catch (error) {
    if (ending) return;
    if (error instanceof ConfigError) logger.error(error.message, { faults: error.faults });
    else logger.error("start failed", { error });
    await end(1);
  }
}
