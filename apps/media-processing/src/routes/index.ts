import type { Express } from "express";
import type { MediaContext } from "../context.ts";
import { deleteMedia } from "./delete-media.ts";
import { getContent } from "./get-content.ts";
import { getMedia } from "./get-media.ts";
import { listMedia } from "./list-media.ts";
import { uploadMedia } from "./upload-media.ts";

/** What belongs to another user answers 404, as if it were not there. */
export function mountRoutes(context: MediaContext): (app: Express) => void {
  const { authenticate } = context;
  return (app) => {
    app.post("/api/media", authenticate, uploadMedia(context));
    app.get("/api/media", authenticate, listMedia(context));
    app.get("/api/media/:mediaId", authenticate, getMedia(context));
    app.delete("/api/media/:mediaId", authenticate, deleteMedia(context));
    app.get("/api/media/:mediaId/content", getContent(context));
  };
}
