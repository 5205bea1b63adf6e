export * from "./http/auth.ts";
export * from "./http/media.ts";
export * from "./http/messages.ts";
export * from "./http/operations.ts";
export * from "./http/problem.ts";
export * from "./http/sessions.ts";
export * from "./runs.ts";
export * from "./socket.ts";
