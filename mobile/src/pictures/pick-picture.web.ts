import { MAX_BYTES, type PickResult, TOO_LARGE, UNREADABLE } from "./picked-picture.ts";

/** Asks for one picture with the browser's own dialogue. */
export async function pickPicture(): Promise<PickResult> {
  const file = await chooseFile();
  if (!file) return undefined;
  if (file.size > MAX_BYTES) return { fault: TOO_LARGE };
  try {
    const { width, height } = await createImageBitmap(file);
    const bytes = new Uint8Array(await file.arrayBuffer());
    return {
      picture: { bytes, contentType: file.type, width, height, uri: URL.createObjectURL(file) },
    };
  } catch {
    return { fault: UNREADABLE };
  }
}

function chooseFile(): Promise<File | undefined> {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = "image/jpeg,image/png,image/webp,image/gif";
  return new Promise((resolve) => {
    input.addEventListener("change", () => resolve(input.files?.[0]));
    input.addEventListener("cancel", () => resolve(undefined));
    input.click();
  });
}
