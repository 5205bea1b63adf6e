const CHUNK = 8192;

/** @returns an address under which the app can show the bytes, and how to give it back */
export function pictureUri(bytes: Uint8Array, contentType: string): { uri: string; release: () => void } {
  let text = "";
  for (let at = 0; at < bytes.length; at += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  }
  return { uri: `data:${contentType};base64,${btoa(text)}`, release: () => {} };
}
