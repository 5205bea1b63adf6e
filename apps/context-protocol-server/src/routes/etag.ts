import { HttpProblem } from "@mobile-ai-agent/service-kit";

/** The entity tag of a context (RFC 9110, 8.8.3): its version. */
export function etagOf({ version }: { version: number }): string {
  return `"${version}"`;
}

/**
 * The version that an If-Match header asks for; undefined when it allows any.
 *
 * @throws HttpProblem 412 for a tag that was never given out: nothing can match it
 */
export function versionToMatch(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined || ifMatch.trim() === "*") return undefined;
  const version = /^"(\d{1,15})"$/.exec(ifMatch.trim())?.[1];
  if (version === undefined) throw contextChanged();
  return Number(version);
}

export function contextChanged(): HttpProblem {
  const detail = "the context has another version than If-Match asks for; get it again and repeat the change";
  return new HttpProblem(412, "Precondition Failed", detail);
}
