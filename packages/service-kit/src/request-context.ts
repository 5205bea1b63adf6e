import { AsyncLocalStorage } from "node:async_hooks";

/** Carries the request's id to everything that is logged on its behalf. */
export const requestContext = new AsyncLocalStorage<{ requestId: string }>();
