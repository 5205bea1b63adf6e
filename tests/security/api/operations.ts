import { OPERATIONS, type Operation } from "@mobile-ai-agent/contracts";
import { openApiDocument } from "@mobile-ai-agent/contracts/openapi";

/** JSON Schema, as far as requests use it. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: "string" | "number" | "integer" | "boolean" | "null" | "array" | "object";
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly propertyNames?: Schema;
  readonly additionalProperties?: boolean | Schema;
  readonly description?: string;
  readonly default?: unknown;
}

interface Parameter {
  readonly in: "path" | "query" | "header";
  readonly name: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

/** An operation as the OpenAPI document has it, and `source`, the schemas that it was made from. */
export interface Described {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** Of a JSON body. */
  readonly body: Schema | undefined;
  readonly needsUser: boolean;
  /** The statuses that the document names, and the headers that it promises with each. */
  readonly responses: ReadonlyMap<number, readonly string[]>;
  readonly source: Operation;
}

/** As clients get it: without what JSON can't carry. */
const document = JSON.parse(JSON.stringify(openApiDocument()));

export const DESCRIBED: readonly Described[] = Object.entries<Record<string, RawOperation>>(
  document.paths,
).flatMap(([path, item]) => Object.entries(item).map(([method, raw]) => describeOne(method, path, raw)));

interface RawOperation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: Schema }>> };
  readonly security: readonly object[];
  readonly responses: Readonly<Record<string, { readonly headers?: Readonly<Record<string, object>> }>>;
}

function describeOne(method: string, path: string, raw: RawOperation): Described {
  const body = raw.requestBody?.content["application/json"]?.schema;
  const statuses = Object.entries(raw.responses).filter(([status]) => status !== "default");
  const source = OPERATIONS[raw.operationId];
  if (source === undefined) throw new Error(`${raw.operationId} is in the document only`);
  return {
    id: raw.operationId,
    method: method.toUpperCase(),
    path,
    parameters: raw.parameters ?? [],
    body: body && resolve(body),
    needsUser: raw.security.length > 0,
    responses: new Map(
      statuses.map(([status, { headers = {} }]) => [Number(status), Object.keys(headers)] as const),
    ),
    source,
  };
}

/** @returns the schema that a reference into the document stands for. */
export function resolve(schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const name = schema.$ref.replace("#/components/schemas/", "");
  return resolve(document.components.schemas[name]);
}

export function pathParameters({ parameters }: Described): string[] {
  return parameters.filter((parameter) => parameter.in === "path").map(({ name }) => name);
}
