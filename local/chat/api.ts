import tls from "node:tls";
import { Problem } from "@mobile-ai-agent/contracts";
import type { z } from "zod";

/** An answer other than 2xx. */
export class ApiProblem extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "ApiProblem";
    this.status = status;
  }
}

/** Makes this process trust the platform's own authority besides the usual ones, for HTTP and sockets alike. */
export function trustAuthority(certificate: string): void {
  tls.setDefaultCACertificates([...tls.getCACertificates("default"), certificate]);
}

/** One JSON operation of the platform's HTTP interface. */
export interface ApiCall<T extends z.ZodType> {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: unknown;
  /** What the answer must look like. */
  readonly schema: T;
}

/** Before the platform says so, a minute before the end. */
const EARLY_MS = 90_000;

export class PlatformApi {
  readonly url: string;
  accessToken: string | undefined;
  /** Gets another access token; absent where the one at hand is all there is. */
  signInAgain: (() => Promise<void>) | undefined;
  #expires = Number.POSITIVE_INFINITY;
  #signingIn: Promise<void> | undefined;

  /** @param url origin of the platform, e.g. https://localhost:8443 */
  constructor(url: string) {
    this.url = url;
  }

  /** @param seconds how long the token is good for */
  takeToken(token: string, seconds: number): void {
    this.accessToken = token;
    this.#expires = Date.now() + seconds * 1000;
  }

  /** A token that is good for a while, where there is a way to one. @throws what signing in again throws */
  async freshToken(): Promise<string | undefined> {
    if (this.#expires - EARLY_MS < Date.now()) await this.renew();
    return this.accessToken;
  }

  /** Signs in again though the token at hand may be good; calls at the same time share one sign-in. */
  async renew(): Promise<void> {
    this.#signingIn ??= this.signInAgain?.().finally(() => {
      this.#signingIn = undefined;
    });
    await this.#signingIn;
  }

  /** @throws ApiProblem for an answer other than 2xx, ZodError for one of another shape. */
  async call<T extends z.ZodType>({ method, path, body, schema }: ApiCall<T>): Promise<z.infer<T>> {
    // Signing in is not to wait for itself.
    const token = path.startsWith("/api/auth/") ? this.accessToken : await this.freshToken();
    const response = await fetch(new URL(path, this.url), {
      method,
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(token ? { authorization: `Bearer ${token}` } : {}),
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(30_000),
    });
    const answer: unknown = await response.json().catch(() => undefined);
    if (!response.ok) {
      const detail = Problem.safeParse(answer).data?.detail ?? response.statusText;
      throw new ApiProblem(response.status, `${method} ${path} answered ${response.status}: ${detail}`);
    }
    return schema.parse(answer);
  }
}
