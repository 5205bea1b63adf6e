import { TokenResponse } from "../auth.ts";
import {
  CreatePasskeyOptionsRequest,
  CreatePasskeyRequest,
  Passkey,
  PasskeyList,
  PasskeyLoginOptionsRequest,
  PasskeyLoginRequest,
  PasskeyOptions,
  RemovePasskeyRequest,
} from "../passkeys.ts";
import type { Operations } from "./operation.ts";

export const passkeyOperations: Operations = {
  passkeyLoginOptions: {
    method: "post",
    path: "/api/auth/passkey/options",
    summary: "What a passkey has to sign to sign in.",
    access: "anyone",
    body: PasskeyLoginOptionsRequest,
    success: { status: 200, schema: PasskeyOptions },
  },
  passkeyLogin: {
    method: "post",
    path: "/api/auth/passkey",
    summary: "Sign in with a passkey: without name, password and code.",
    access: "anyone",
    body: PasskeyLoginRequest,
    success: { status: 200, schema: TokenResponse },
    problems: [401, 403],
  },
  listPasskeys: {
    method: "get",
    path: "/api/users/me/passkeys",
    summary: "The caller's passkeys.",
    access: "user",
    success: { status: 200, schema: PasskeyList },
  },
  createPasskeyOptions: {
    method: "post",
    path: "/api/users/me/passkeys/options",
    summary: "What a device makes a passkey from.",
    access: "user",
    body: CreatePasskeyOptionsRequest,
    success: { status: 200, schema: PasskeyOptions },
    problems: [403, 429],
  },
  createPasskey: {
    method: "post",
    path: "/api/users/me/passkeys",
    summary: "Add the passkey that a device has made.",
    access: "user",
    body: CreatePasskeyRequest,
    success: { status: 201, schema: Passkey },
  },
  removePasskey: {
    method: "post",
    path: "/api/users/me/passkeys/{passkeyId}/remove",
    summary: "Let one of the caller's passkeys sign in no more.",
    access: "user",
    body: RemovePasskeyRequest,
    success: { status: 204 },
    problems: [403, 429],
  },
};
