import { RETURN_URL } from "../auth/oidc-return.ts";

/** Addresses that the system opens the app with: the end of a sign-in is for who waits for it, and no screen. */
export function redirectSystemPath({ path }: { path: string; initial: boolean }): string | null {
  return path.startsWith(RETURN_URL) ? null : path;
}
