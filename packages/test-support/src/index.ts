export { startDaemon } from "./daemon.ts";
export { describedFetch } from "./described-fetch.ts";
export { eventually } from "./eventually.ts";
export { createIssuer, type TestIssuer, type TokenOptions } from "./issuer.ts";
export { startMongo } from "./mongo.ts";
export { freePort } from "./port.ts";
export { startRedis } from "./redis.ts";
export { startRegistry } from "./registry.ts";
