const REDACTED = "[redacted]";
const MAX_DEPTH = 6;

/** Names of what must not be written down: keys of objects, variables, headers. */
const NAMES =
  "authorization|password|passphrase|passwd|secret|cookie|credential|jwt|private[-_]?key|api[-_]?key|(?:access|refresh|id)[-_]?tokens";
const SECRET_KEY = new RegExp(`${NAMES}|token$`, "i");

/**
 * Secrets in running text, by their shape or by the name before them. What repeats is bounded wherever a match may begin
 * at each character: anybody can have a long text logged.
 */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, REDACTED],
  // RFC 7519: a header that is a JSON object always begins so. An unsigned one is no less a token.
  [/\beyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*){0,3}/g, REDACTED],
  // Credentials of a URL, with and without a user.
  [/(\b[a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/@"']*@/gi, `$1${REDACTED}@`],
  // A header's whole line: a cookie has many values.
  [/\b((?:proxy-)?authorization|(?:set-)?cookie)(["']?\s*:\s*["']?)[^\r\n"']+/gi, `$1$2${REDACTED}`],
  [/\b(Bearer|Basic|DPoP)\s+[\w.~+/=-]{6,}/gi, `$1 ${REDACTED}`],
  // As in a query or a shell, and as in JSON or an inspected object. A colon in prose names no value.
  [new RegExp(`((?:${NAMES}|token)\\w{0,40}=)[^\\s&;,"']+`, "gi"), `$1${REDACTED}`],
  [
    new RegExp(`((?:${NAMES}|token)["']?\\s{0,20}[:=]\\s*)(?:"(?:[^"\\\\]|\\\\.)*"|'[^']*')`, "gi"),
    `$1"${REDACTED}"`,
  ],
];

/**
 * A copy of a value that may be logged: what has the name or the shape of a secret is replaced, at any depth; what
 * lies deeper than six levels is left out.
 *
 * @param key under which the value would be logged; empty for an item of a list
 */
export function redact(key: string, value: unknown, depth = 0): unknown {
  if (SECRET_KEY.test(key) && value !== undefined && value !== null) return REDACTED;
  if (typeof value === "string") return redactText(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth >= MAX_DEPTH) return "[deep]";
  if (value instanceof Error) return redactError(value, depth);
  if (Array.isArray(value)) return value.map((item) => redact("", item, depth + 1));
  if (value instanceof Date) return value;
  if (value instanceof URL) return redactText(value.href);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, redact(name, item, depth + 1)]),
  );
}

function redactText(text: string): string {
  return SHAPES.reduce((clean, [shape, replacement]) => clean.replace(shape, replacement), text);
}

function redactError({ name, message, stack, cause }: Error, depth: number) {
  return {
    name,
    message: redactText(message),
    stack: stack && redactText(stack),
    ...(cause ? { cause: redact("cause", cause, depth + 1) } : {}),
  };
}
