import { request as sendPlainRequest } from "node:http";
import { type RequestOptions, request as sendRequest } from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";
import { at, isObject, type Json, listAt, textAt } from "../provider-kit/values.ts";

/** What the API server answered when it did not do what it was asked. */
export class ApiError extends Error {
  readonly status: number;
  readonly reason: string;
  constructor(status: number, body: unknown) {
    super(textAt(body, "message") ?? `the API server answered ${status}`);
    this.name = "ApiError";
    this.status = status;
    this.reason = textAt(body, "reason") ?? "";
  }
}

/** The API server could not be reached, or no cluster is configured. */
export class UnreachableError extends Error {}

export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

export interface ClientOptions {
  readonly config: KubeConfig;
  /** Where objects without a namespace go. */
  readonly namespace: string;
}

interface ResourceInfo {
  readonly plural: string;
  readonly namespaced: boolean;
}

const REQUEST_TIMEOUT_MS = 60_000;
export const FIELD_MANAGER = "pulumi-kubernetes";

/** A small client of any kind of object, known to it from the server's discovery documents. */
export class KubernetesClient {
  readonly namespace: string;
  readonly #config: KubeConfig;
  readonly #discovery = new Map<string, Promise<Map<string, ResourceInfo>>>();

  constructor(options: ClientOptions) {
    this.#config = options.config;
    this.namespace = options.namespace;
  }

  /**
   * @returns how the server calls this kind, or undefined when it does not know it.
   * @throws UnreachableError
   */
  async resource(apiVersion: string, kind: string): Promise<ResourceInfo | undefined> {
    let found = await this.#discover(apiVersion);
    if (!found.has(kind)) {
      // Definitions may have been made since.
      this.#discovery.delete(apiVersion);
      found = await this.#discover(apiVersion);
    }
    return found.get(kind);
  }

  #discover(apiVersion: string): Promise<Map<string, ResourceInfo>> {
    let found = this.#discovery.get(apiVersion);
    if (!found) {
      found = this.#loadDiscovery(apiVersion);
      found.catch(() => this.#discovery.delete(apiVersion));
      this.#discovery.set(apiVersion, found);
    }
    return found;
  }

  async #loadDiscovery(apiVersion: string): Promise<Map<string, ResourceInfo>> {
    try {
      const list = await this.request("GET", groupPath(apiVersion));
      return new Map(
        listAt(list, "resources")
          .filter((item) => !String(item.name).includes("/"))
          .map((item) => [
            String(item.kind),
            { plural: String(item.name), namespaced: item.namespaced === true },
          ]),
      );
    } catch (error) {
      if (isNotFound(error)) return new Map();
      throw error;
    }
  }

  async #path(ref: Omit<ObjectRef, "name"> & { name?: string }): Promise<string> {
    const info = await this.resource(ref.apiVersion, ref.kind);
    if (!info) {
      throw new ApiError(404, {
        reason: "NoKindMatch",
        message: `the cluster does not know ${ref.kind} of ${ref.apiVersion}: is its CustomResourceDefinition there?`,
      });
    }
    const namespace = info.namespaced
      ? `/namespaces/${encodeURIComponent(ref.namespace ?? this.namespace)}`
      : "";
    const name = ref.name === undefined ? "" : `/${encodeURIComponent(ref.name)}`;
    return `${groupPath(ref.apiVersion)}${namespace}/${info.plural}${name}`;
  }

  /** @returns the object, or undefined when there is none, or no such kind. */
  async get(ref: ObjectRef): Promise<Json | undefined> {
    try {
      return await this.request("GET", await this.#path(ref));
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** @param query such as `labelSelector` or `fieldSelector`. */
  async list(ref: Omit<ObjectRef, "name">, query: Record<string, string> = {}): Promise<Json[]> {
    const parameters = new URLSearchParams(query).toString();
    return listAt(
      await this.request("GET", `${await this.#path(ref)}${parameters && `?${parameters}`}`),
      "items",
    );
  }

  /** Server-side apply: makes the object or changes it to have these fields. @returns the object as it is then. */
  async apply(ref: ObjectRef, object: Json, fieldManager: string): Promise<Json> {
    const query = new URLSearchParams({ fieldManager, force: "true" });
    const type = "application/apply-patch+yaml";
    return this.request("PATCH", `${await this.#path(ref)}?${query}`, { body: object, type });
  }

  /** @param propagationPolicy what happens with the objects that this one owns. */
  async delete(ref: ObjectRef, propagationPolicy: string): Promise<void> {
    const body = { kind: "DeleteOptions", apiVersion: "v1", propagationPolicy };
    await this.request("DELETE", await this.#path(ref), { body, type: "application/json" });
  }

  /**
   * @throws ApiError on a status of 400 and above.
   * @throws UnreachableError when no answer came.
   */
  async request(method: string, path: string, content?: { body: Json; type: string }): Promise<Json> {
    const server = this.#config.getCurrentCluster()?.server;
    if (!server) throw new UnreachableError("no cluster is configured: set kubeconfig or KUBECONFIG");
    const url = new URL(server.replace(/\/$/, "") + path);
    const options: RequestOptions = {
      method,
      timeout: REQUEST_TIMEOUT_MS,
      headers: { Accept: "application/json" },
    };
    try {
      await this.#config.applyToHTTPSOptions(options);
    } catch (error) {
      throw new UnreachableError(`the kubeconfig can't be used for ${server}: ${String(error)}`);
    }
    const body = content && JSON.stringify(content.body);
    // Node.js sends the body of a DELETE without its length, and the server then takes none.
    const contentHeaders = content && {
      "Content-Type": content.type,
      "Content-Length": Buffer.byteLength(body ?? ""),
    };
    const headers = { ...options.headers, ...contentHeaders };
    const { status, text } = await send(url, { ...options, headers }, body);
    const answer = parse(text);
    if (status >= 400)
      throw new ApiError(status, answer ?? { message: `${method} ${path}: ${status} ${text}` });
    return answer ?? {};
  }
}

export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

/** @returns the reference of an object that has a name. */
export function refOf(object: Json): ObjectRef {
  const namespace = textAt(object, "metadata", "namespace");
  return {
    apiVersion: String(object.apiVersion),
    kind: String(object.kind),
    name: String(at(object, "metadata", "name")),
    ...(namespace !== undefined && { namespace }),
  };
}

function groupPath(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

function parse(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function send(url: URL, options: RequestOptions, body?: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void =>
      reject(new UnreachableError(`${options.method} ${url.origin}: ${error.message || String(error)}`));
    const start = url.protocol === "http:" ? sendPlainRequest : sendRequest;
    const outgoing = start(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", fail);
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") }),
      );
    });
    outgoing.on("error", fail);
    outgoing.on("timeout", () => outgoing.destroy(new Error("no answer within a minute")));
    outgoing.end(body);
  });
}
