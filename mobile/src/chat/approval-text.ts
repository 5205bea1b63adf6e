import type { Approval } from "@mobile-ai-agent/contracts";
import type { AskedApproval } from "./approvals.ts";

/** Control and format characters, which could hide words, or show them in another order than they are sent in. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]/gu;

/** The arguments line by line, so that what is shown is what is sent: what can't be seen is written out. */
export function argumentLines({ arguments: json }: Pick<Approval, "arguments">): readonly string[] {
  return JSON.stringify(parse(json), null, 2).split("\n").map(withoutHidden);
}

export function withoutHidden(text: string): string {
  return text.replace(HIDDEN, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}

/** What approving means, in words. */
export function explainRisk({ risk, tainted }: Pick<Approval, "risk" | "tainted">): string {
  const what = {
    read: "It would read something, and tell the tool what is below.",
    write: "It would change something.",
    outbound: "It would send something out, or do what can't be undone.",
  }[risk];
  const why = tainted
    ? " The agent has read text that you did not write, and may have been misled by it."
    : "";
  return `${what}${why}`;
}

/**
 * What has become of a call that can be decided no more; undefined while it can. That it has expired is for the platform to
 * say: this device's clock may be wrong.
 *
 * @param hasRunEnded whether the answer that wanted it is over
 */
export function fateOf(
  { status, outcome }: Pick<AskedApproval, "status" | "outcome">,
  hasRunEnded: boolean,
): string | undefined {
  switch (status) {
    case "approved":
      return "Approved.";
    case "refused":
      return "Refused: it was not done.";
    case "expired":
      return "Expired: nobody decided in time, and it was not done.";
    case "pending":
      if (outcome !== undefined) return `${outcome}.`;
      return hasRunEnded ? "The answer ended before anybody decided: it was not done." : undefined;
  }
}
