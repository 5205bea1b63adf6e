import { newContentKeys, ringOf } from "@mobile-ai-agent/test-support";
import { describe, expect, it } from "vitest";
import { createTransitCipher } from "./transit-cipher.ts";

const [one, two] = [newContentKeys(1), newContentKeys(1)];
const cipher = createTransitCipher(ringOf(`${one}\n${two}`));

describe("transit cipher", () => {
  it("gives a text back at its place only, and never the same twice", () => {
    const sealed = cipher.seal(["run:1", "1-0"], "grüße");
    expect(cipher.open(["run:1", "1-0"], sealed)).toBe("grüße");
    expect(cipher.seal(["run:1", "1-0"], "grüße")).not.toBe(sealed);
    expect(sealed).not.toContain("gr");
    for (const place of [["run:1", "2-0"], ["run:2", "1-0"], ["run:11", "-0"], ["run:1"]]) {
      expect(() => cipher.open(place, sealed)).toThrow(/was changed, or put in another's place/);
    }
  });

  it("refuses what was changed anywhere", () => {
    const sealed = cipher.seal(["a"], "hello");
    const [version, id, body = ""] = sealed.split(".");
    const bytes = Buffer.from(body, "base64url");
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => cipher.open(["a"], `${version}.${id}.${changed.toString("base64url")}`)).toThrow();
    }
    expect(() => cipher.open(["a"], "hello")).toThrow(/not sealed/);
  });

  it("opens what other keys of the ring sealed, and names a key that is not there and where it belongs", () => {
    const sealed = createTransitCipher(ringOf(two)).seal(["a"], "hello");
    expect(cipher.open(["a"], sealed)).toBe("hello");
    expect(() => createTransitCipher(ringOf(one)).open(["a"], sealed)).toThrow(
      /sealed with the key [\w-]{12}.*TRANSIT_KEYS.*Secret content-keys/,
    );
  });
});
