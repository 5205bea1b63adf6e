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

export class PlatformApi {
  readonly url: string;
  accessToken: string | undefined;

  /** @param url origin of the platform, e.g. https://localhost:8443 */
  constructor(url: string) {
    this.url = url;
  }

  /** @throws ApiProblem for an answer other than 2xx, ZodError for one of another shape. */
  async call<T extends z.ZodType>({ method, path, body, schema }: ApiCall<T>): Promise<z.infer<T>> {
    const response = await fetch(new URL(path, this.url), {
      method,
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(this.accessToken ? { authorization: `Bearer ${this.accessToken}` } : {}),
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
