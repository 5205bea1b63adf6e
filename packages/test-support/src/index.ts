export { createAuditKey } from "./audit-key.ts";
export { createBrowser, type TestBrowser } from "./browser.ts";
export {
  CONTENT_ENV,
  hurriedClock,
  newContentKeys,
  ringOf,
  testCipher,
  testTransitCipher,
} from "./content-keys.ts";
export { startDaemon } from "./daemon.ts";
export { describedFetch } from "./described-fetch.ts";
export { eventually } from "./eventually.ts";
export { forgedTokens } from "./forged-tokens.ts";
export { createIssuer, type TestIssuer, type TokenOptions } from "./issuer.ts";
export { startMongo } from "./mongo.ts";
export { freePort } from "./port.ts";
export { startRedis } from "./redis.ts";
export { startRegistry } from "./registry.ts";
export { startS3 } from "./s3.ts";
export { createSoftwareAuthenticator } from "./software-authenticator.ts";
