/** @returns an address under which this page can show the bytes, and how to give it back */
export function pictureUri(bytes: Uint8Array, contentType: string): { uri: string; release: () => void } {
  const uri = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type: contentType }));
  return { uri, release: () => URL.revokeObjectURL(uri) };
}
