export { createObjectStore, OBJECT_STORE_URL } from "./create-object-store.ts";
export { type ByteRange, deletePrefix, type ObjectStore, type StoredObject } from "./object-store.ts";
