import { randomBytes } from "node:crypto";
import type * as pulumi from "@pulumi/pulumi";
import type { Link } from "../components/pod.ts";

/**
 * @returns `master-keys`, which wrap the users' data keys, and `transit-keys`, which seal what passes through Redis: each
 *   a key that is in use and the next one, a line each. The next one is there already, so that every service knows it
 *   when it becomes the first.
 */
export function createContentKeys(): Record<string, string> {
  return { "master-keys": newKeys(), "transit-keys": newKeys() };
}

function newKeys(): string {
  return `${randomBytes(32).toString("base64")}\n${randomBytes(32).toString("base64")}\n`;
}

/** For who reads or writes contents in the database or the object store. */
export function contentKeys(secret: pulumi.Input<string>): Link {
  const path = "/run/secrets/content-keys";
  return {
    env: { CONTENT_KEYS_FILE: `${path}/master-keys` },
    mounts: [{ name: "content-keys", secret, path, files: { "master-keys": "master-keys" } }],
  };
}

/** For who passes contents through Redis; it opens nothing of what is stored. */
export function transitKeys(secret: pulumi.Input<string>): Link {
  const path = "/run/secrets/transit-keys";
  return {
    env: { TRANSIT_KEYS_FILE: `${path}/transit-keys` },
    mounts: [{ name: "transit-keys", secret, path, files: { "transit-keys": "transit-keys" } }],
  };
}
