/** Browsers have no pins of their own; there the certificate authorities decide. */
export async function enablePinning(): Promise<void> {}

export function pinningStatus(): string {
  return "";
}
