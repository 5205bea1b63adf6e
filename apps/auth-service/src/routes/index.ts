import { requireUser } from "@mobile-ai-agent/service-kit";
import type { Express } from "express";
import type { AuthContext } from "../context.ts";
import { jwks } from "./jwks.ts";
import { login } from "./login.ts";
import { logout } from "./logout.ts";
import { me } from "./me.ts";
import { refresh } from "./refresh.ts";
import { register } from "./register.ts";

export function mountRoutes(app: Express, context: AuthContext): void {
  app.post("/api/auth/register", register(context));
  app.post("/api/auth/login", login(context));
  app.post("/api/auth/refresh", refresh(context));
  app.post("/api/auth/logout", logout(context));
  app.get("/api/users/me", requireUser(context.verifier), me(context));
  app.get("/.well-known/jwks.json", jwks(context));
}
