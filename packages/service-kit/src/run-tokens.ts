import jwt from "jsonwebtoken";
import { z } from "zod";
import { InvalidToken } from "./token-verifier.ts";

const TYPE = "run+jwt";
const ISSUER = "agent-orchestrator";
const AUDIENCE = "context-protocol-server";
/** Long enough for one exchange. */
const LIFETIME_S = 60;
const CLOCK_TOLERANCE_S = 5;

const Claims = z.object({ run_id: z.uuid() });

/** What a service takes that makes or checks run tokens. */
export const runTokenConfig = z.object({
  RUN_TOKEN_KEY: z.string().min(32, "must have at least 32 characters"),
});

/**
 * A token with which agent-orchestrator acts for one run while no user is there: a JWT (HS256) of one minute. It names
 * the run alone; whose it is, and what it may see, is for the service that checks it to look up.
 */
export function signRunToken(key: string, runId: string): string {
  return jwt.sign({ run_id: runId }, key, {
    algorithm: "HS256",
    header: { alg: "HS256", typ: TYPE },
    issuer: ISSUER,
    audience: AUDIENCE,
    expiresIn: LIFETIME_S,
  });
}

/**
 * @returns the run's id; undefined when the token says of itself that it is of another kind (RFC 8725, 3.11)
 * @throws InvalidToken when it is not to be trusted
 */
export function readRunToken(key: string, token: string): string | undefined {
  if (typeOf(token) !== TYPE) return undefined;
  try {
    const payload = jwt.verify(token, key, {
      algorithms: ["HS256"],
      issuer: ISSUER,
      audience: AUDIENCE,
      clockTolerance: CLOCK_TOLERANCE_S,
      maxAge: LIFETIME_S,
    });
    return Claims.parse(payload).run_id;
  } catch (error) {
    throw new InvalidToken((error as Error).message);
  }
}

function typeOf(token: string): string | undefined {
  try {
    return jwt.decode(token, { complete: true })?.header.typ;
  } catch {
    return undefined;
  }
}
