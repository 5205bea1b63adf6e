import { File } from "expo-file-system";
import { launchImageLibraryAsync } from "expo-image-picker";
import { MAX_BYTES, type PickResult, TOO_LARGE, UNREADABLE } from "./picked-picture.ts";

/** Asks for one picture of the library. Made anew as a smaller JPEG, since phones keep large ones in forms of their own. */
export async function pickPicture(): Promise<PickResult> {
  const choice = await launchImageLibraryAsync({ mediaTypes: ["images"], quality: 0.8 });
  const asset = choice.assets?.[0];
  if (choice.canceled || !asset) return undefined;
  try {
    const bytes = await new File(asset.uri).bytes();
    if (bytes.length > MAX_BYTES) return { fault: TOO_LARGE };
    const { uri, width, height, mimeType = "image/jpeg" } = asset;
    return { picture: { bytes, contentType: mimeType, width, height, uri } };
  } catch {
    return { fault: UNREADABLE };
  }
}
