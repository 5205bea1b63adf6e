import { initializeSslPinning, isSslPinningAvailable } from "react-native-ssl-public-key-pinning";
import { BUILD } from "../config/app-settings.ts";

const host = new URL(BUILD.apiUrl).hostname;

/** Trusts the build's own host by its keys alone. A build without keys trusts as the system does, and says so. */
export async function enablePinning(): Promise<void> {
  if (BUILD.pins.length === 0) return console.info("public-key pinning is off: this build names no keys");
  if (!isSslPinningAvailable())
    throw new Error("this build names keys to pin but lacks the native module; make a development build");
  await initializeSslPinning({ [host]: { includeSubdomains: false, publicKeyHashes: [...BUILD.pins] } });
}

export function pinningStatus(serverUrl: string): string {
  if (BUILD.pins.length === 0) return "This build pins no keys: it trusts what the system trusts.";
  return new URL(serverUrl).hostname === host
    ? `Only a server with one of ${BUILD.pins.length} known keys is trusted.`
    : `Keys are pinned for ${host} only. This server is trusted as the system trusts it.`;
}
