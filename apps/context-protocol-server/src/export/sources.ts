import {
  type ExportHead,
  IdentityList,
  type Media,
  MediaList,
  PasskeyList,
  TotpStatus,
  User,
} from "@mobile-ai-agent/contracts";
import { contextHeaders, HttpProblem } from "@mobile-ai-agent/service-kit";
import type { z } from "zod";

const TIMEOUT_MS = 10_000;
const PAGE = 200;

/** What other services keep of a user. They are asked with the user's own token, so each decides what that may see. */
export interface ExportSources {
  /** @throws HttpProblem 503 while that can't be found out */
  head(authorization: string): Promise<ExportHead>;
  media(authorization: string): AsyncIterable<Media>;
}

export function createExportSources(config: {
  AUTH_SERVICE_URL?: string | undefined;
  MEDIA_PROCESSING_URL?: string | undefined;
}): ExportSources {
  const { AUTH_SERVICE_URL: auth, MEDIA_PROCESSING_URL: mediaUrl } = config;
  return {
    async head(authorization) {
      const from = <S extends z.ZodType>(path: string, schema: S) =>
        ask({ url: new URL(path, auth), authorization, schema });
      if (auth === undefined) throw unavailable(new Error("AUTH_SERVICE_URL is not set"));
      const [profile, totp, { identities }, { passkeys }] = await Promise.all([
        from("/api/users/me", User),
        from("/api/users/me/totp", TotpStatus),
        from("/api/auth/identities", IdentityList),
        from("/api/users/me/passkeys", PasskeyList),
      ]).catch((error) => {
        throw unavailable(error);
      });
      const exported_at = new Date().toISOString();
      return {
        ...{ format_version: 1, exported_at, profile, second_factor: totp.enabled },
        ...{ identities, passkeys },
      };
    },

    async *media(authorization) {
      if (mediaUrl === undefined) return;
      for (let after: string | null = ""; after !== null; ) {
        const url = new URL(`/api/media?limit=${PAGE}${after && `&after=${after}`}`, mediaUrl);
        const page: z.infer<typeof MediaList> = await ask({ url, authorization, schema: MediaList });
        yield* page.media;
        after = page.next_after;
      }
    },
  };
}

async function ask<S extends z.ZodType>(options: {
  url: URL;
  authorization: string;
  schema: S;
}): Promise<z.infer<S>> {
  const { url, authorization, schema } = options;
  const headers = { ...contextHeaders(), authorization };
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`${url.pathname} answered ${response.status}`);
  return schema.parse(await response.json());
}

function unavailable(cause: unknown): HttpProblem {
  const detail = "what you have can't be put together now: try again shortly";
  return new HttpProblem(503, "Service Unavailable", detail, { headers: { "Retry-After": "5" }, cause });
}
