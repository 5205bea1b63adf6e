import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ConversationStore } from "@mobile-ai-agent/conversation-store";
import { userOf } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import { exportDocument } from "../export/export-document.ts";
import type { ExportSources } from "../export/sources.ts";

interface Dependencies {
  readonly store: ConversationStore;
  readonly exportSources: ExportSources;
}

/** GET /api/users/me/export → Export, as fast as the caller reads it; 503 while profile or account can't be read. */
export function exportMe({ store, exportSources }: Dependencies): RequestHandler {
  return async (request, response) => {
    const authorization = request.get("authorization") ?? "";
    const head = await exportSources.head(authorization);
    response.set({
      "Content-Type": "application/json",
      "Content-Disposition": 'attachment; filename="export.json"',
      "Cache-Control": "no-store",
    });
    const media = exportSources.media(authorization);
    const document = exportDocument({ store, userId: userOf(request).sub, head, media });
    await pipeline(Readable.from(document), response).catch((error: NodeJS.ErrnoException) => {
      // The one who asked went away.
      if (error.code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
    });
  };
}
