export { contentKeysConfig, transitKeysConfig } from "./config.ts";
export { type ContentCipher, createContentCipher } from "./content-cipher.ts";
export { ContentFault, type ContentFaultCode } from "./content-fault.ts";
export { destroyDataKey } from "./data-keys.ts";
export { idsOf, type KeyRing, openKeyRing, readKeys } from "./key-ring.ts";
export { openContentCipher, openMasterKeys, openTransitCipher } from "./open-ciphers.ts";
export { countWrappedByOthers, rewrapDataKeys } from "./rewrap.ts";
export type { Place } from "./sealed-text.ts";
export { createTransitCipher, type TransitCipher } from "./transit-cipher.ts";
