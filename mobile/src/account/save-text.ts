import { File, Paths } from "expo-file-system";
import { Platform, Share } from "react-native";

/** Lets the person keep a text: where they share it to. Android's sheet takes texts, not files. */
export async function saveText(name: string, text: string): Promise<void> {
  if (Platform.OS === "android") {
    await Share.share({ title: name, message: text });
    return;
  }
  const file = new File(Paths.cache, name);
  file.create({ overwrite: true });
  file.write(text);
  try {
    await Share.share({ url: file.uri });
  } finally {
    file.delete();
  }
}
