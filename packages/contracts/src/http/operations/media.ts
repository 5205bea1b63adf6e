import { ListMediaQuery, Media, MediaContentQuery, MediaList } from "../media.ts";
import type { Operations } from "./operation.ts";

export const mediaOperations: Operations = {
  uploadMedia: {
    method: "post",
    path: "/api/media",
    summary: "Keep a picture or a recording, made anew without its metadata, for a message to show.",
    access: "user",
    upload: ["image/*", "audio/*"],
    success: { status: 201, schema: Media },
    problems: [408, 422],
  },
  listMedia: {
    method: "get",
    path: "/api/media",
    summary: "The caller's pictures and recordings, page by page, with addresses that are new.",
    access: "user",
    query: ListMediaQuery,
    success: { status: 200, schema: MediaList },
  },
  getMedia: {
    method: "get",
    path: "/api/media/{mediaId}",
    summary: "One of the caller's pictures or recordings, with addresses that are new.",
    access: "user",
    success: { status: 200, schema: Media },
  },
  deleteMedia: {
    method: "delete",
    path: "/api/media/{mediaId}",
    summary: "Remove a picture or a recording for good; messages that show it stay.",
    access: "user",
    success: { status: 204 },
  },
  getMediaContent: {
    method: "get",
    path: "/api/media/{mediaId}/content",
    summary: "The bytes, for who has a signed address; Range gets a part of them.",
    access: "anyone",
    query: MediaContentQuery,
    success: { status: 200, download: ["image/webp", "audio/mp4"] },
    problems: [403, 416],
  },
};
