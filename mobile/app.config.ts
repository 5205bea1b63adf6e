import type { ExpoConfig } from "expo/config";
import { readPins } from "./src/config/pins.ts";

const ACCENT = "#0b7a75";
const BACKGROUND = { light: "#f7f8f7", dark: "#101414" };

/**
 * APP_API_URL: the platform that device builds talk to unless the person names another. A web build talks to its origin.
 * APP_PUBLIC_KEY_PINS: the keys that device builds trust there; docs/runbooks/pin-rotation.md.
 */
export default function config(): ExpoConfig {
  return {
    name: "Mobile AI Agent",
    slug: "mobile-ai-agent",
    version: "0.1.0",
    scheme: "mobile-ai-agent",
    orientation: "default",
    userInterfaceStyle: "automatic",
    // What runs on a device is what its store reviewed.
    updates: { enabled: false },
    icon: "./assets/icon.png",
    backgroundColor: BACKGROUND.light,
    ios: { bundleIdentifier: "org.example.mobileaiagent", supportsTablet: true },
    android: {
      package: "org.example.mobileaiagent",
      // Cloud backups would carry what the Keystore's key can't open elsewhere.
      allowBackup: false,
      adaptiveIcon: { foregroundImage: "./assets/adaptive-icon.png", backgroundColor: ACCENT },
    },
    web: { output: "single", bundler: "metro", favicon: "./assets/favicon.png" },
    plugins: [
      "expo-router",
      [
        "expo-splash-screen",
        {
          image: "./assets/splash-icon.png",
          imageWidth: 120,
          backgroundColor: BACKGROUND.light,
          dark: { backgroundColor: BACKGROUND.dark },
        },
      ],
      [
        "expo-secure-store",
        { faceIDPermission: "Unlocks your conversations.", configureAndroidBackup: false },
      ],
      ["expo-local-authentication", { faceIDPermission: "Unlocks your conversations." }],
      [
        "expo-image-picker",
        {
          photosPermission: "Lets you send pictures to the agent.",
          cameraPermission: false,
          microphonePermission: false,
        },
      ],
    ],
    experiments: { typedRoutes: false },
    extra: {
      apiUrl: process.env.APP_API_URL ?? "https://localhost:8443",
      pins: readPins(process.env.APP_PUBLIC_KEY_PINS),
    },
  };
}
