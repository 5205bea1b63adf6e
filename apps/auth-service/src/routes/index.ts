import type { Express } from "express";
import type { AuthContext } from "../context.ts";
import { requireAdmin } from "../require-admin.ts";
import { requireSignIn } from "../require-sign-in.ts";
import { changePassword } from "./change-password.ts";
import { jwks } from "./jwks.ts";
import { listUsers } from "./list-users.ts";
import { login } from "./login.ts";
import { logout } from "./logout.ts";
import { logoutAll } from "./logout-all.ts";
import { me } from "./me.ts";
import { passkeyLogin, passkeyLoginOptions } from "./passkey-login.ts";
import { createPasskey, listPasskeys, passkeyOptions, removePasskey } from "./passkeys.ts";
import { refresh } from "./refresh.ts";
import { register } from "./register.ts";
import { confirmTotp, enrolTotp, removeTotp, totpStatus } from "./totp.ts";

export function mountRoutes(app: Express, context: AuthContext): void {
  app.post("/api/auth/register", register(context));
  app.post("/api/auth/login", login(context));
  app.post("/api/auth/refresh", refresh(context));
  app.post("/api/auth/logout", logout(context));
  const signedIn = requireSignIn(context);
  app.post("/api/auth/logout-all", signedIn, logoutAll(context));
  app.get("/api/users/me", signedIn, me(context));
  app.post("/api/users/me/password", signedIn, changePassword(context));
  app.get("/api/users/me/totp", signedIn, totpStatus(context));
  app.post("/api/users/me/totp", signedIn, enrolTotp(context));
  app.post("/api/users/me/totp/confirm", signedIn, confirmTotp(context));
  app.post("/api/users/me/totp/remove", signedIn, removeTotp(context));
  app.post("/api/auth/passkey/options", passkeyLoginOptions(context));
  app.post("/api/auth/passkey", passkeyLogin(context));
  app.get("/api/users/me/passkeys", signedIn, listPasskeys(context));
  app.post("/api/users/me/passkeys/options", signedIn, passkeyOptions(context));
  app.post("/api/users/me/passkeys", signedIn, createPasskey(context));
  app.post("/api/users/me/passkeys/:passkeyId/remove", signedIn, removePasskey(context));
  app.get("/api/admin/users", requireAdmin(context), listUsers(context));
  app.get("/.well-known/jwks.json", jwks(context));
}
