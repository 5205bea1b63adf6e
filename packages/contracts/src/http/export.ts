import { z } from "zod";
import { User } from "./auth.ts";
import { Media } from "./media.ts";
import { Message } from "./messages.ts";
import { Identity } from "./oidc.ts";
import { Passkey } from "./passkeys.ts";
import { Context, Session } from "./sessions.ts";

/** What comes before the sessions. */
export const ExportHead = z.strictObject({
  format_version: z.literal(1),
  exported_at: z.iso.datetime(),
  profile: User,
  second_factor: z.boolean().describe("whether login asks for a code of an authenticator"),
  identities: z.array(Identity),
  passkeys: z.array(Passkey),
});
export type ExportHead = z.infer<typeof ExportHead>;

export const ExportedSession = z.strictObject({
  ...Session.shape,
  device_info: z.record(z.string(), z.string()),
  context: Context.shape.context,
  messages: z.array(Message).describe("those that the session shows, oldest first"),
});
export type ExportedSession = z.infer<typeof ExportedSession>;

/** All that the platform keeps of a user's own, but pictures' bytes: those are at the addresses in `media`. */
export const Export = z.strictObject({
  ...ExportHead.shape,
  sessions: z.array(ExportedSession),
  media: z.array(Media),
});
export type Export = z.infer<typeof Export>;
