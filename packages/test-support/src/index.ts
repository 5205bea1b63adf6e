export { startDaemon } from "./daemon.ts";
export { describedFetch } from "./described-fetch.ts";
export { eventually } from "./eventually.ts";
export { forgedTokens } from "./forged-tokens.ts";
export { createIssuer, type TestIssuer, type TokenOptions } from "./issuer.ts";
export { startMongo } from "./mongo.ts";
export { freePort } from "./port.ts";
export { startRedis } from "./redis.ts";
export { createSoftwareAuthenticator } from "./software-authenticator.ts";
