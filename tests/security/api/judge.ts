import { Problem } from "@mobile-ai-agent/contracts";
import type { Described } from "./operations.ts";
import type { Answer } from "./send.ts";

/**
 * What `default` of the document stands for: faults of the message itself, before it is known what it asks for. Any
 * other status has to be named.
 */
export const OF_THE_MESSAGE = [400, 411, 413, 415, 431];

/**
 * @param expected a status that was provoked, which may be one of the platform's faults
 * @returns what is wrong with an answer, by the document: nothing for a good one
 */
export function faultsOf(operation: Described, answer: Answer, expected?: number): string[] {
  const promised = operation.responses.get(answer.status);
  const { success } = operation.source;
  // Parts of a file have a status of their own.
  const isGood = answer.status === success.status || (promised !== undefined && answer.status < 400);
  if (!isGood) {
    const isNamed = promised !== undefined || OF_THE_MESSAGE.includes(answer.status);
    const unnamed = isNamed ? [] : [`status ${answer.status} is not described`];
    return [...unnamed, ...missing(promised, answer), ...faultsOfRefusal(answer, expected)];
  }
  const faults = missing(promised, answer);
  if (success.schema === undefined) {
    const isBare = answer.status === 204 || answer.status === 304;
    if (success.download && !isBare && !success.download.includes(mediaType(answer) ?? "")) {
      return [...faults, `the body is ${mediaType(answer)}`];
    }
    return isBare && answer.body !== "" ? [...faults, `a body comes with ${answer.status}`] : faults;
  }
  const type = mediaType(answer);
  if (type !== "application/json") return [...faults, `the body is ${type}`];
  const { error } = success.schema.safeParse(JSON.parse(answer.body));
  return error ? [...faults, `the body is not as described: ${error.message}`] : faults;
}

/** @returns what is wrong with an answer that refuses something, whatever it was; also when it doesn't refuse. */
export function faultsOfRefusal(answer: Answer, expected?: number): string[] {
  const isOurs = answer.status >= 500 && answer.status !== expected;
  const server = isOurs ? [`status ${answer.status}: ${answer.body.slice(0, 200)}`] : [];
  if (answer.status < 400) return [`status ${answer.status} refuses nothing`];
  const type = mediaType(answer);
  if (type !== "application/problem+json") return [...server, `status ${answer.status} comes with ${type}`];
  const { data, error } = Problem.strict().safeParse(JSON.parse(answer.body));
  if (error) return [...server, `the problem is not as described: ${error.message}`];
  const untold = data.detail.trim() === "" ? ["the problem has no detail"] : [];
  const other = data.status === answer.status ? [] : [`the problem tells of ${data.status}`];
  return [...server, ...untold, ...other];
}

function missing(promised: readonly string[] = [], { headers }: Answer): string[] {
  return promised
    .filter((name) => headers[name.toLowerCase()] === undefined)
    .map((name) => `the header ${name} lacks`);
}

function mediaType({ headers }: Answer): string | undefined {
  return `${headers["content-type"]}`.split(";")[0];
}
