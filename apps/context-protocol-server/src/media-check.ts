import { Media, type Message } from "@mobile-ai-agent/contracts";
import { contextHeaders, HttpProblem } from "@mobile-ai-agent/service-kit";

const TIMEOUT_MS = 5000;

/**
 * Makes sure that a picture or recording can be shown in a message of its owner.
 *
 * @param authorization of the request: media-processing decides what its user may see
 * @throws HttpProblem 404 when there is none that the user may show, 400 when it is of another kind, 503 when that can't
 *   be found out now
 */
export type MediaCheck = (mediaId: string, type: Message["type"], authorization: string) => Promise<void>;

/** @param baseUrl of media-processing; without it there are no pictures and recordings */
export function createMediaCheck(baseUrl: string | undefined): MediaCheck {
  return async (mediaId, type, authorization) => {
    if (baseUrl === undefined) throw absent("pictures and recordings are not taken here");
    const kind = await kindOf(new URL(`/api/media/${mediaId}`, baseUrl), authorization);
    if (kind === undefined) throw absent("there is no such picture or recording: upload it first");
    if (kind !== type) {
      const errors = [{ path: "type", message: `the media is of the kind ${kind}: send it as such` }];
      throw new HttpProblem(400, "Bad Request", "the body does not have the expected form", { errors });
    }
  };
}

async function kindOf(url: URL, authorization: string): Promise<Media["kind"] | undefined> {
  try {
    const headers = { ...contextHeaders(), authorization };
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (response.status === 404) return void (await response.body?.cancel());
    if (!response.ok) throw new Error(`media-processing answered ${response.status}`);
    return Media.parse(await response.json()).kind;
  } catch (cause) {
    const detail = "the picture or recording can't be looked up now: send the message again";
    throw new HttpProblem(503, "Service Unavailable", detail, { headers: { "Retry-After": "2" }, cause });
  }
}

function absent(detail: string): HttpProblem {
  return new HttpProblem(404, "Not Found", detail);
}
