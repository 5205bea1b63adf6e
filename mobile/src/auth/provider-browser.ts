import * as Crypto from "expo-crypto";
import * as WebBrowser from "expo-web-browser";
import { RETURN_URL, readReturn, startUrl } from "./oidc-return.ts";

/** How a visit to a provider ended. `gone`: this page is left, and comes back signed in. */
export type Visit =
  | { readonly end: "code"; readonly code: string; readonly verifier: string }
  | { readonly end: "fault"; readonly fault: string }
  | { readonly end: "closed" | "gone" };

const toBase64url = (base64: string) => base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

/** Opens the system's browser, which shows whose page it is and which this app can't read (RFC 8252). */
export async function visitProvider(serverUrl: string, provider: string): Promise<Visit> {
  const verifier = [...Crypto.getRandomBytes(32)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const digest = await Crypto.digestStringAsync(Crypto.CryptoDigestAlgorithm.SHA256, verifier, {
    encoding: Crypto.CryptoEncoding.BASE64,
  });
  const url = startUrl(serverUrl, provider, toBase64url(digest));
  const result = await WebBrowser.openAuthSessionAsync(url, RETURN_URL);
  if (result.type !== "success") return { end: "closed" };
  const read = readReturn(result.url);
  return "code" in read ? { end: "code", code: read.code, verifier } : { end: "fault", fault: read.fault };
}
