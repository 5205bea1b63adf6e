const SHA256_BASE64 = /^[A-Za-z0-9+/]{43}=$/;

/**
 * The public keys that a build trusts, from a comma-separated list of base64 SHA-256 hashes of SubjectPublicKeyInfo
 * (RFC 7469, 2.4). None: pinning is off. One alone is refused: when its key is lost, every installed app is cut off.
 * @throws Error that says what is wrong and what to do
 */
export function readPins(list: string | undefined): readonly string[] {
  const pins = (list ?? "")
    .split(",")
    .map((pin) => pin.trim())
    .filter((pin) => pin !== "");
  for (const pin of pins) {
    if (!SHA256_BASE64.test(pin))
      throw new Error(
        `APP_PUBLIC_KEY_PINS: "${pin}" is not a base64 SHA-256 hash; docs/runbooks/pin-rotation.md tells how to compute one`,
      );
  }
  if (new Set(pins).size === 1)
    throw new Error(
      "APP_PUBLIC_KEY_PINS: one key alone would cut off every installed app once it is replaced; " +
        "add the hash of a backup key, or leave the variable empty to build without pinning",
    );
  return pins;
}
