import { readFileSync } from "node:fs";
import { z } from "zod";

const port = (fallback: number) =>
  z.coerce.number("must be a port number").int().min(0).max(65_535).default(fallback);

/** What every service takes. */
export const baseConfig = z.object({
  PORT: port(8000).describe("port of the service"),
  METRICS_PORT: port(9090).describe("port of probes and metrics"),
  LOG_LEVEL: z.enum(["error", "warn", "info", "debug"]).default("info"),
});

/** What a service takes that verifies access tokens. */
export const tokenConfig = z.object({
  JWT_ISSUER: z.string().min(1),
  JWT_AUDIENCE: z.string().min(1),
  JWKS_URL: z.url({ protocol: /^https?$/, error: "must be an http or https URL" }),
});

/** What a service takes that uses the document database. The URI names the database. */
export const mongoConfig = z.object({
  MONGODB_URI: z
    .string()
    .regex(/^mongodb(\+srv)?:\/\/[^/]+\/[^/?]+/, "must be mongodb://host/database or mongodb+srv://…"),
  MONGODB_URI_FILE: z
    .string()
    .optional()
    .describe("that file, to follow its changes, as those of the others"),
  MONGODB_TLS_CA_FILE: z.string().min(1).optional(),
  MONGODB_TLS_CERTIFICATE_KEY_FILE: z.string().min(1).optional(),
});

/** What a service takes that uses Redis. */
export const redisConfig = z.object({
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\/.+/, "must be redis://… or rediss://…")
    .refine((url) => URL.canParse(url), "must be a URL"),
  REDIS_URL_FILE: z.string().optional().describe("that file, to follow its changes of user and password"),
});

/** A variable of the form `requests/seconds`: so many requests in so long a window. */
export const rateLimit = (fallback: string) =>
  z
    .string()
    .regex(/^[1-9]\d{0,6}\/[1-9]\d{0,4}$/, "must be requests/seconds, such as 30/60")
    .prefault(fallback)
    .transform((text) => text.split("/").map(Number) as [number, number])
    .transform(([requests, seconds]) => ({ requests, seconds }));

/** What a service takes that lets users send messages: they are counted together, whichever way they come. */
export const chatLimitConfig = z.object({
  RATE_LIMIT_CHAT: rateLimit("120/60").describe("messages over HTTP and sockets, by user"),
});

/** What a service takes that counts the tokens of users, or tells of them: it has to be the same for all. */
export const budgetConfig = z.object({
  BUDGET_TOKENS_PER_DAY: z.coerce
    .number("must be a number of tokens")
    .int()
    .positive()
    .default(500_000)
    .describe("tokens of prompts and answers that each user may use in a day of UTC"),
});

/** Lists every fault of a configuration, without the values, which may be secret. */
export class ConfigError extends Error {
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(`Configuration is not usable:\n${faults.map((fault) => `  - ${fault}`).join("\n")}`);
    this.name = "ConfigError";
    this.faults = faults;
  }
}

/**
 * Reads the variables that a schema names. Each can be given as `VAR`, or as `VAR_FILE`, the path of a file with the
 * value, whose trailing newline is cut. An empty variable counts as absent.
 *
 * @throws ConfigError that lists every fault: the variable, what is wrong, what to set
 */
export function readConfig<T extends z.ZodObject>(
  schema: T,
  env: NodeJS.ProcessEnv = process.env,
): z.infer<T> {
  const faults: string[] = [];
  const values: Record<string, string> = {};
  for (const name of Object.keys(schema.shape)) {
    const value = readVariable(name, env, faults);
    if (value !== undefined) values[name] = value;
  }
  const result = schema.safeParse(values);
  for (const issue of result.error?.issues ?? []) {
    // The variable, also where the fault is in one item of its list.
    const name = String(issue.path[0]);
    if (faults.some((fault) => fault.startsWith(`${name}:`) || fault.startsWith(`${name}_FILE:`))) continue;
    faults.push(
      name in values
        ? `${name}: ${issue.message}; correct ${env[name] ? name : `the file that ${name}_FILE names`}`
        : `${name}: is missing; set ${name}, or ${name}_FILE to the path of a file with the value`,
    );
  }
  if (!result.success || faults.length > 0) throw new ConfigError(faults);
  return result.data as z.infer<T>;
}

function readVariable(name: string, env: NodeJS.ProcessEnv, faults: string[]): string | undefined {
  const value = env[name];
  const file = env[`${name}_FILE`];
  if (!file) return value || undefined;
  if (value) {
    faults.push(`${name}: is given twice; set ${name} or ${name}_FILE, not both`);
    return value;
  }
  try {
    return readFileSync(file, "utf8").replace(/\r?\n$/, "");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    faults.push(`${name}_FILE: ${file} can't be read (${code}); mount the file, or correct the path`);
    return undefined;
  }
}
