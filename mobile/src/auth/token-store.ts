import * as SecureStore from "expo-secure-store";
import type { RefreshTokenStore } from "./refresh-token-store.ts";

const NAME = "refresh-token";

/** Keychain or Keystore; readable only while the device is unlocked, and in no backup. */
export function createTokenStore(): RefreshTokenStore {
  return {
    tokenIn: "body",
    get: async () => (await SecureStore.getItemAsync(NAME)) ?? undefined,
    set: (token) =>
      SecureStore.setItemAsync(NAME, token, {
        keychainAccessible: SecureStore.WHEN_UNLOCKED_THIS_DEVICE_ONLY,
      }),
    clear: () => SecureStore.deleteItemAsync(NAME),
  };
}
