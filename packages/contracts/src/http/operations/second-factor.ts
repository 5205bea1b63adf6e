import {
  ConfirmTotpRequest,
  EnrolTotpRequest,
  RecoveryCodes,
  RemoveTotpRequest,
  TotpEnrolment,
  TotpStatus,
} from "../second-factor.ts";
import type { Operations } from "./operation.ts";

export const secondFactorOperations: Operations = {
  getTotp: {
    method: "get",
    path: "/api/users/me/totp",
    summary: "Whether the caller's login asks for a code of an authenticator.",
    access: "user",
    success: { status: 200, schema: TotpStatus },
  },
  enrolTotp: {
    method: "post",
    path: "/api/users/me/totp",
    summary: "A secret for an authenticator, in force once confirmed.",
    access: "user",
    body: EnrolTotpRequest,
    success: { status: 200, schema: TotpEnrolment },
    problems: [403, 409, 429],
  },
  confirmTotp: {
    method: "post",
    path: "/api/users/me/totp/confirm",
    summary: "Show that the authenticator has the secret; from now on login asks for its codes.",
    access: "user",
    body: ConfirmTotpRequest,
    success: { status: 200, schema: RecoveryCodes },
  },
  removeTotp: {
    method: "post",
    path: "/api/users/me/totp/remove",
    summary: "Let login ask for no code any more.",
    access: "user",
    body: RemoveTotpRequest,
    success: { status: 204 },
    problems: [403, 429],
  },
};
