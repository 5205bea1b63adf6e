import { bytesToHex, hexToBytes } from "@noble/ciphers/utils.js";
import { getRandomBytes } from "expo-crypto";
import { Directory, File, Paths } from "expo-file-system";
import * as SecureStore from "expo-secure-store";
import type { BlobStore } from "./blob-store.ts";
import { createSealedStore } from "./sealed-store.ts";

const KEY_NAME = "storage-key";
const NEW = ".new";

/** Files sealed with a key of the Keychain or Keystore, which takes no values of more than some 2 KB itself. */
export function openDeviceStore(): BlobStore {
  return createSealedStore({ files: openFiles(), loadKey, randomBytes: getRandomBytes });
}

function openFiles(): BlobStore {
  const folder = new Directory(Paths.document, "sealed");
  folder.create({ intermediates: true, idempotent: true });
  const fileOf = (name: string) => new File(folder, encodeURIComponent(name));

  return {
    async get(name) {
      const file = fileOf(name);
      return file.exists ? await file.bytes() : undefined;
    },
    async set(name, value) {
      const fresh = new File(folder, `${encodeURIComponent(name)}${NEW}`);
      fresh.create({ overwrite: true });
      fresh.write(value);
      // A value is there whole or not at all: written aside, then put in place.
      await fresh.move(fileOf(name), { overwrite: true });
    },
    async remove(name) {
      const file = fileOf(name);
      if (file.exists) file.delete();
    },
    async keys(prefix) {
      const names = folder.list().map(({ name }) => name);
      return names
        .filter((name) => !name.endsWith(NEW))
        .map(decodeURIComponent)
        .filter((name) => name.startsWith(prefix));
    },
  };
}

async function loadKey(): Promise<Uint8Array> {
  const known = await SecureStore.getItemAsync(KEY_NAME);
  if (known) return hexToBytes(known);
  const key = getRandomBytes(32);
  await SecureStore.setItemAsync(KEY_NAME, bytesToHex(key), {
    keychainAccessible: SecureStore.WHEN_UNLOCKED_THIS_DEVICE_ONLY,
  });
  return key;
}
