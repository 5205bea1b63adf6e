import type { RequestHandler, Response } from "express";
import pLimit from "p-limit";
import { HttpProblem } from "./problem.ts";

/** Callers of ours give up after five. */
const WAIT_MS = 3000;
const WAITING = 500;
/** What takes longer waits for its caller, not for the database: one who reads slowly must not keep the others out. */
const TURN_MS = 5000;

/**
 * Lets so many requests be handled at once; the others wait for their turn. In an overload a service that begins all of
 * them is late with each, and works for callers who are gone. Here one whose caller is gone is never begun, and one that
 * has waited for three seconds, or finds five hundred waiting, is told when to come back: 503. A turn ends with the handler's
 * answer, read or not, and after five seconds anyway.
 */
export function takeTurns(atOnce: number): RequestHandler {
  const limit = pLimit(atOnce);
  return (_request, response, next) => {
    if (limit.pendingCount >= WAITING) throw busy();
    const arrived = performance.now();
    void limit(async () => {
      if (response.destroyed) return;
      if (performance.now() - arrived > WAIT_MS) return next(busy());
      const ended = hasEnded(response);
      next();
      await ended;
    });
  };
}

/** Its handler has given the whole answer, or the caller has gone, or it has had its time. */
function hasEnded(response: Response): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, TURN_MS);
    const end = () => {
      clearTimeout(timer);
      resolve();
    };
    // Emitted by Node's streams when all has been handed over, before the caller has read any of it.
    response.once("prefinish", end).once("close", end);
  });
}

function busy(): HttpProblem {
  const headers = { "Retry-After": "1" };
  return new HttpProblem(503, "Service Unavailable", "too much is asked at the moment; try again shortly", {
    headers,
  });
}
