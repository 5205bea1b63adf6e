import { z } from "zod";

const Base64url = z.string().regex(/^[A-Za-z0-9_-]+$/, "must be base64url");
const PublicKeyCredential = z.looseObject({
  id: Base64url.max(1400),
  rawId: Base64url.max(1400),
  type: z.literal("public-key"),
  clientExtensionResults: z.looseObject({}).default({}),
});

/** `RegistrationResponseJSON` of WebAuthn, Level 3: what `credential.toJSON()` gives after `credentials.create()`. */
const RegistrationResponse = PublicKeyCredential.extend({
  response: z.looseObject({ clientDataJSON: Base64url, attestationObject: Base64url }),
});

/** `AuthenticationResponseJSON` of WebAuthn, Level 3: what `credential.toJSON()` gives after `credentials.get()`. */
const AuthenticationResponse = PublicKeyCredential.extend({
  response: z.looseObject({
    clientDataJSON: Base64url,
    authenticatorData: Base64url,
    signature: Base64url,
  }),
});

export const PasskeyId = Base64url.max(1400).describe("id of the credential, base64url");

/** For `PublicKeyCredential.parseCreationOptionsFromJSON()` or `parseRequestOptionsFromJSON()`. */
export const PasskeyOptions = z.looseObject({ challenge: Base64url });

export const CreatePasskeyOptionsRequest = z.strictObject({ password: z.string().min(1).max(256) });

export const CreatePasskeyRequest = z.strictObject({
  name: z.string().trim().min(1).max(60).describe("by which its owner knows it again"),
  credential: RegistrationResponse,
});

export const PasskeyLoginOptionsRequest = z.strictObject({});

export const PasskeyLoginRequest = z.strictObject({
  credential: AuthenticationResponse,
  refresh_token_in: z.enum(["body", "cookie"]).default("body"),
});

export const RemovePasskeyRequest = z.strictObject({ password: z.string().min(1).max(256) });

export const Passkey = z.strictObject({
  id: PasskeyId,
  name: z.string(),
  created_at: z.iso.datetime(),
  last_used_at: z.iso.datetime().nullable(),
});
export type Passkey = z.infer<typeof Passkey>;

export const PasskeyList = z.strictObject({ passkeys: z.array(Passkey) });
export type PasskeyList = z.infer<typeof PasskeyList>;
