import { expect, it } from "vitest";
import { readPins } from "./pins.ts";

const PRIMARY = "r/mIkG3eEpVdm+u/ko/cwxzOMo1bk4TyHIlByibiA5E=";
const BACKUP = "YLh1dUR9y6Kja30RrAn7JKnbQG/uEtLMkBgFF2Fuihg=";

it("takes a key and its backup", () => {
  expect(readPins(`${PRIMARY}, ${BACKUP}`)).toEqual([PRIMARY, BACKUP]);
});

it.each([undefined, "", " , "])("is off without keys: %j", (list) => {
  expect(readPins(list)).toEqual([]);
});

it.each([PRIMARY, `${PRIMARY},${PRIMARY}`])("refuses one key alone: %s", (list) => {
  expect(() => readPins(list)).toThrow(/backup key/);
});

it("names what is not a hash", () => {
  expect(() => readPins(`${PRIMARY},sha256:1234`)).toThrow('"sha256:1234" is not a base64 SHA-256 hash');
});
