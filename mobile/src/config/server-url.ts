import type { BlobStore } from "../storage/blob-store.ts";
import { readText, writeText } from "../storage/blob-store.ts";

const KEY = "settings.server-url";

/**
 * What a person typed as the platform's address, as an origin.
 * @returns undefined when it isn't one that tokens may be sent to: https, or http to this very device
 */
export function parseServerUrl(text: string): string | undefined {
  const typed = text.trim();
  const url = parse(/^[a-z]+:\/\//i.test(typed) ? typed : `https://${typed}`);
  if (!url?.hostname || url.username || url.password || url.search || url.hash || url.pathname !== "/")
    return;
  const local = ["localhost", "127.0.0.1", "10.0.2.2"].includes(url.hostname);
  return url.protocol === "https:" || (url.protocol === "http:" && local) ? url.origin : undefined;
}

/** React Native has no URL.parse. */
function parse(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

export async function loadServerUrl(store: BlobStore): Promise<string | undefined> {
  return parseServerUrl((await readText(store, KEY)) ?? "");
}

export async function saveServerUrl(store: BlobStore, url: string): Promise<void> {
  await writeText(store, KEY, url);
}
