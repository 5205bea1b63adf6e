import type { z } from "zod";

/** Where the log is wrong, and how. */
export interface Fault {
  readonly chain?: string | undefined;
  readonly sequence?: number | undefined;
  /** Of an exported file. */
  readonly line?: number | undefined;
  readonly what: string;
}

/** @returns the first thing that is wrong, without the value */
export function unreadable({ issues }: z.ZodError): string {
  const [issue] = issues;
  return `can't be read: ${issue?.path.join(".") || "it"}: ${issue?.message ?? "is wrong"}`;
}

export function describeFault({ chain, sequence, line, what }: Fault): string {
  const entry = chain === undefined ? "" : `chain ${chain}${sequence ? `, entry ${sequence}` : ""}: `;
  return `${line === undefined ? "" : `line ${line}, `}${entry}${what}`;
}
