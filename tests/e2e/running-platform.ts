import { trustAuthority } from "@mobile-ai-agent/local/chat/api";
import { resolveInstance } from "@mobile-ai-agent/local/instance";
import { findPlatform, type Platform } from "@mobile-ai-agent/local/platform";
import { INSTANCE } from "./command-line.ts";

export const instance = resolveInstance(INSTANCE);

/**
 * The platform that all files share, whose authority this process trusts from now on.
 *
 * @throws when none has come up
 */
export async function runningPlatform(): Promise<Platform & { url: string; caCertificate: string }> {
  const platform = await findPlatform(instance);
  const { url, caCertificate } = platform ?? {};
  if (!platform || !url || !caCertificate) {
    throw new Error(
      `there is no platform "${INSTANCE}": up.e2e.test.ts makes it; E2E_INSTANCE=default takes the one of \`npm run up\``,
    );
  }
  trustAuthority(caCertificate);
  return { ...platform, url, caCertificate };
}
