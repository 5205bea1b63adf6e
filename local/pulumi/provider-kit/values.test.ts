import { expect, test } from "vitest";
import { markSecretData, markSecretsLike, reveal, same } from "./values.ts";

const mark = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});

test("secret marks come off at any depth, and go on where they were", () => {
  const inputs = { a: mark("x"), list: [{ b: mark({ c: mark(1) }) }, 2] };
  const plain = { a: "x", list: [{ b: { c: 1 } }, 2] };
  expect(reveal(inputs)).toEqual(plain);
  expect(markSecretsLike({ ...plain, more: true }, inputs)).toEqual({
    a: mark("x"),
    list: [{ b: mark({ c: 1 }) }, 2],
    more: true,
  });
});

test("a Secret's data is secret, another kind's is not", () => {
  const data = { a: "x" };
  expect(markSecretData({ apiVersion: "v1", kind: "Secret", data }).data).toEqual(mark(data));
  expect(markSecretData({ apiVersion: "v1", kind: "Secret", data: { a: mark("x") } }).data).toEqual(
    mark(data),
  );
  expect(markSecretData({ apiVersion: "v1", kind: "ConfigMap", data }).data).toEqual(data);
});

test("same JSON", () => {
  expect(same({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] })).toBe(true);
  expect(same({ a: [1] }, { a: { 0: 1 } })).toBe(false);
  expect(same({ a: 1 }, { a: 1, b: 2 })).toBe(false);
});
