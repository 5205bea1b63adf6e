import type { Difference, Operation, Provider } from "../provider-kit/provider.ts";
import { isObject, type Json, revealObject, same, textAt } from "../provider-kit/values.ts";
import { ACCOUNT, inventFunction, inventOutputs, type Place, REGION } from "./invented.ts";

/**
 * A test double of Pulumi's AWS plugin, for previews without an account. It repeats the inputs and invents the outputs
 * that others are made of: ARNs, ids, endpoints. It knows no schema, asks nobody, and refuses to make anything.
 */
export class AwsRecorder implements Provider {
  #place: Place = { account: ACCOUNT, region: REGION };

  async configure(settings: Json): Promise<void> {
    const plain = revealObject(settings);
    // Lists arrive as JSON.
    const [account = ACCOUNT] = JSON.parse(textAt(plain, "allowedAccountIds") ?? "[]") as string[];
    this.#place = { account, region: textAt(plain, "region") ?? REGION };
  }

  async check(request: { news: Json }) {
    return { inputs: request.news, failures: [] };
  }

  diff({ oldInputs, news }: { oldInputs: Json; news: Json }): Difference {
    const [olds, given] = [revealObject(oldInputs), revealObject(news)];
    const changed = [...new Set([...Object.keys(olds), ...Object.keys(given)])].filter(
      (key) => !same(olds[key], given[key]),
    );
    const changes = changed.map((path) => ({ path, kind: "update" as const, replace: false }));
    return { changes, deleteBeforeReplace: false };
  }

  async create({ urn, inputs, preview }: Operation & { inputs: Json }) {
    if (!preview) throw refusal();
    const { id, outputs } = inventOutputs(urn, revealObject(inputs), this.#place);
    return { id, state: overlay(outputs, inputs) };
  }

  async update({ inputs, state, preview }: Operation & { inputs: Json; state: Json }): Promise<Json> {
    if (!preview) throw refusal();
    return overlay(state, inputs);
  }

  async read({ id, state, inputs }: { id: string; state: Json; inputs: Json }) {
    return { id, state, inputs };
  }

  async delete(): Promise<void> {
    throw refusal();
  }

  async invoke(token: string, args: Json): Promise<Json> {
    return inventFunction(token, args, this.#place);
  }

  cancel(): void {}
}

const refusal = () =>
  new Error(
    "the recorder makes nothing on AWS, it only previews: use `pulumi up` with Pulumi's own AWS plugin",
  );

/** Inputs win; where both are objects, each one's keys stay. */
function overlay(below: Json, above: Json): Json {
  const merged = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const existing = merged[key];
    merged[key] = isObject(existing) && isObject(value) ? overlay(existing, value) : value;
  }
  return merged;
}
