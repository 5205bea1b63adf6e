import { z } from "zod";

/** Opens the status of one erasure. Who has it need not sign in: there is no account any more. */
export const ErasureToken = z.string().regex(/^[A-Za-z0-9_-]{43}$/, "as it was given out");

export const RequestErasureRequest = z.strictObject({
  password: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .describe("absent for an account without one, which has signed in within the last ten minutes"),
});

export const ErasureAccepted = z.strictObject({
  requested_at: z.iso.datetime(),
  status_url: z
    .string()
    .describe(
      "relative to the platform's address: keep it, nobody can give it again; the certificate is there",
    ),
});
export type ErasureAccepted = z.infer<typeof ErasureAccepted>;

const count = z.int().nonnegative().optional();

/** What a certificate says, in its claim `erasure`. */
export const ErasureStatement = z.strictObject({
  subject: z.uuid().describe("the user's id, which leads to nobody any more"),
  requested_at: z.iso.datetime(),
  completed_at: z.iso.datetime(),
  stores: z.array(
    z.strictObject({
      kind: z.enum(["collection", "redis", "objects"]),
      store: z.string(),
      owner: z.string(),
      what: z.string(),
      fate: z.enum(["erased", "kept", "expires"]),
      ...{ found: count, removed: count, left: count },
      why: z.string().optional().describe("of what is kept or expires"),
    }),
  ),
  keys_destroyed: z.array(z.string()).describe("ids of data keys: what they sealed can't be opened"),
  backup: z.strictObject({
    stamp: z.string().describe("the backup with whose run no copy of those keys was left"),
    older_gone_at: z.iso
      .datetime()
      .describe("when those from before are removed; a restore of one leaves the user out"),
  }),
});
export type ErasureStatement = z.infer<typeof ErasureStatement>;

export const ErasureStatus = z.strictObject({
  state: z.enum(["pending", "completed"]),
  requested_at: z.iso.datetime(),
  completed_at: z.iso.datetime().nullable(),
  waiting_for: z.array(z.string()).describe("services that are not done, and `backup` until the next one"),
  certificate: z
    .string()
    .nullable()
    .describe(
      "JWS (ES256, `erasure-certificate+jwt`), signed anew at each request by a key that is published",
    ),
});
export type ErasureStatus = z.infer<typeof ErasureStatus>;
