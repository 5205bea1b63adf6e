import Constants from "expo-constants";
import { Platform } from "react-native";
import { z } from "zod";

/** What app.config.ts puts into `extra`. */
const Extra = z.object({ apiUrl: z.url(), pins: z.array(z.string()) });

/** What this build was made with. */
export const BUILD = {
  ...Extra.parse(Constants.expoConfig?.extra),
  version: Constants.expoConfig?.version ?? "",
} as const;

/** Where the platform is unless the person says otherwise: a web page's own origin, else what the build names. */
export function defaultServerUrl(): string {
  return Platform.OS === "web" ? window.location.origin : BUILD.apiUrl;
}
