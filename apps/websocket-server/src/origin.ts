/**
 * Whether a handshake with this Origin header is let in. Programs send none, or as React Native does the
 * origin that they connect to; a web page of another origin must be on the list.
 */
export function isAllowedOrigin(
  { origin, host }: { origin?: string | undefined; host?: string | undefined },
  allowedOrigins: readonly string[],
): boolean {
  if (origin === undefined || allowedOrigins.includes(origin)) return true;
  return host !== undefined && URL.parse(origin)?.host === host;
}
