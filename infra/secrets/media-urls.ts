import { randomBytes } from "node:crypto";
import type * as pulumi from "@pulumi/pulumi";
import type { Link } from "../components/pod.ts";

/** @returns `key`: what media-processing signs the addresses of pictures and recordings with (HMAC-SHA-256). */
export function createMediaUrlKey(): Record<string, string> {
  return { key: randomBytes(32).toString("base64") };
}

export function mediaUrls(secret: pulumi.Input<string>): Link {
  const path = "/run/secrets/media-urls";
  return {
    env: { MEDIA_URL_KEY_FILE: `${path}/key` },
    mounts: [{ name: "media-urls", secret, path, files: { key: "key" } }],
  };
}
