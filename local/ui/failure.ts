/** A failure that is told to the person as it is, without a stack. */
export class CommandFailure extends Error {
  readonly exitCode: number;

  constructor(message: string, options: { exitCode?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = "CommandFailure";
    this.exitCode = options.exitCode ?? 1;
  }
}

/** What happened, in a person's words: the message, then its causes; a stack only with DEBUG set. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const lines = [error.message];
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause)
    lines.push(`  because: ${cause.message}`);
  if (process.env.DEBUG && error.stack) lines.push(error.stack);
  return lines.join("\n");
}

/** @returns the end of what a command has said, where the cause usually stands */
export function lastLines(text: string, count: number, separator = "\n"): string {
  return text.trim().split("\n").slice(-count).join(separator);
}
