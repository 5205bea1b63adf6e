import { z } from "zod";

/** Six digits of an authenticator, or a recovery code; spaces and dashes don't matter. */
export const SecondFactorCode = z
  .string()
  .min(6)
  .max(40)
  .describe("six digits of the authenticator, or a recovery code");

export const EnrolTotpRequest = z.strictObject({ password: z.string().min(1).max(256) });
export type EnrolTotpRequest = z.infer<typeof EnrolTotpRequest>;

export const TotpEnrolment = z.strictObject({
  secret: z.string().describe("base32, to type into an authenticator"),
  uri: z.string().describe("the same as otpauth://, to show as a QR code"),
});
export type TotpEnrolment = z.infer<typeof TotpEnrolment>;

export const ConfirmTotpRequest = z.strictObject({ code: SecondFactorCode });
export type ConfirmTotpRequest = z.infer<typeof ConfirmTotpRequest>;

export const RecoveryCodes = z.strictObject({
  recovery_codes: z.array(z.string()).describe("each lets in once, in place of a code; shown this one time"),
});
export type RecoveryCodes = z.infer<typeof RecoveryCodes>;

export const RemoveTotpRequest = z.strictObject({
  password: z.string().min(1).max(256),
  code: SecondFactorCode,
});
export type RemoveTotpRequest = z.infer<typeof RemoveTotpRequest>;

export const TotpStatus = z.strictObject({ enabled: z.boolean() });
export type TotpStatus = z.infer<typeof TotpStatus>;
