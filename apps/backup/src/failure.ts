/** A failure that is told to the person as it is, without a stack. */
export class BackupFailure extends Error {
  override readonly name = "BackupFailure";
}

/** A backup that must not be used: changed, incomplete, or made with another key. */
export class DamagedBackup extends BackupFailure {}

/** @returns the message and its causes, a line each. */
export function describe(error: unknown): string {
  const lines: string[] = [];
  for (let cause = error; cause; cause = cause instanceof Error ? cause.cause : undefined) {
    lines.push(cause instanceof Error ? cause.message : String(cause));
  }
  return lines.join("\n  because: ");
}
