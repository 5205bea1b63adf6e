import type { Agent, ClientRequest, IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { startDeadline } from "@mobile-ai-agent/service-kit";
import type { Request, Response } from "express";
import { createProxyServer } from "httpxy";
import { bodyOf, hasBody } from "../edge/receive-body.ts";

/** The service was too slow: to accept a connection, or to begin its answer. */
export class UpstreamTimeout extends Error {}

/** The caller went away before there was an answer, which says nothing about the service. */
export class ClientGone extends Error {}

/**
 * The service broke off while it was sent a body, which it does as well when it has answered without reading all of it:
 * that says something about the request, and nothing certain about the service.
 */
export class BodyBrokenOff extends Error {}

export interface Timeouts {
  /** Milliseconds until a connection stands. */
  readonly connect: number;
  /** Milliseconds from the end of the request to the answer's head. */
  readonly response: number;
  /** Milliseconds from the answer's head to its end; event streams may go on for ever. */
  readonly total: number;
}

/**
 * Passes a request on and its answer back, both as streams.
 *
 * @param options.agent false for a connection of its own
 * @returns when the answer's head is there; the rest is on its way, and breaks off where the service does
 * @throws UpstreamTimeout, ClientGone, BodyBrokenOff, or what the network says; there is no answer then, and nothing was
 *   sent of one
 */
export function forward(
  request: Request,
  response: Response,
  options: { target: string; agent: Agent | false; timeouts: Timeouts },
): Promise<void> {
  const { target, agent, timeouts } = options;
  // One for each try, so that its events belong to this one.
  const proxy = createProxyServer({ target, agent });
  return new Promise((resolve, reject) => {
    let proxied: ClientRequest | undefined;
    let callOff = () => {};
    let isOver = false;
    const end = (error?: unknown) => {
      if (isOver) return;
      isOver = true;
      callOff();
      if (error === undefined) resolve();
      else if (response.destroyed || request.socket.destroyed) reject(new ClientGone());
      else
        reject(
          isCutOff(error) && hasBody(request) ? new BodyBrokenOff("while sending", { cause: error }) : error,
        );
    };
    const allow = (ms: number, what: string) => {
      callOff();
      callOff = startDeadline(ms, () => {
        const error = new UpstreamTimeout(`${what} took more than ${ms} ms`);
        end(error);
        proxied?.destroy(error);
      });
    };

    allow(timeouts.response, "waiting for a free connection");
    proxy.on("proxyReq", (outgoing) => {
      proxied = outgoing;
      if (isOver) return void outgoing.destroy();
      callOff();
      const { socket } = outgoing;
      if (socket?.connecting) {
        allow(timeouts.connect, "connecting");
        socket.once("connect", () => callOff());
      }
      // Not from the begin: a large body may take its time, as long as it comes.
      outgoing.once("finish", () => !isOver && allow(timeouts.response, "the answer"));
    });
    proxy.on("proxyRes", (answer) => {
      keepConnections(answer, response);
      if (isEventStream(answer)) process.nextTick(() => response.flushHeaders());
      else limitTotal(answer, timeouts.total);
      end();
    });
    const received = bodyOf(request);
    // Without a body to stream, a try can be repeated.
    const isStreamed = hasBody(request) && received === undefined;
    const body = isStreamed ? undefined : { buffer: Readable.from(received ? [received] : []) };
    proxy.web(request, response, body).then(() => end(new ClientGone()), end);
  });
}

/** Whether a connection that stood is no more. */
export function isCutOff(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ECONNRESET" || code === "EPIPE";
}

/** Each hop decides on its own connections: a service that drains must not close those of our callers. */
function keepConnections(answer: IncomingMessage, response: Response): void {
  const isDraining = response.getHeader("connection") === "close";
  // RFC 9110, 15.5.9: the rest of a body that came too late must not be taken for a request.
  const isTimedOut = answer.statusCode === 408;
  answer.headers.connection = response.shouldKeepAlive && !isDraining && !isTimedOut ? "keep-alive" : "close";
}

function isEventStream(answer: IncomingMessage): boolean {
  return /^text\/event-stream\b/i.test(answer.headers["content-type"] ?? "");
}

function limitTotal(answer: IncomingMessage, ms: number): void {
  const timer = setTimeout(
    () => answer.destroy(new UpstreamTimeout(`the answer took more than ${ms} ms`)),
    ms,
  );
  timer.unref();
  answer.once("close", () => clearTimeout(timer));
}
