import type { Logger } from "@mobile-ai-agent/service-kit";

/**
 * For the steps that follow what is done already: the fault of one is logged, and the request does not fail by it.
 *
 * @param message says who does what is left
 * @returns for a step's name, what handles its fault
 */
export function leaveStep(logger: Logger, message: string, fields: Record<string, unknown> = {}) {
  return (step: string) =>
    (error: unknown): void => {
      logger.warn(message, { error, step, ...fields });
    };
}
