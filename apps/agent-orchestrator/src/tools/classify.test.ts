import { describe, expect, it } from "vitest";
import { orchestratorConfig } from "../config.ts";
import { classOf, needsApproval } from "./classify.ts";
import { hashOf, type PinnedDefinition } from "./tool.ts";

const tool = (annotations?: PinnedDefinition["annotations"]): PinnedDefinition => ({
  name: "lookup",
  description: "Looks things up.",
  inputSchema: { type: "object" },
  ...(annotations && { annotations }),
});

describe("the class of a tool", () => {
  it("is what its server's table says, whatever its annotations", () => {
    const classes = { lookup: "read", toString: "write" } as const;
    expect(classOf({ classes, inside: false }, tool())).toBe("read");
    expect(
      classOf(
        { classes: { lookup: "outbound" }, inside: true },
        tool({ readOnlyHint: true, openWorldHint: false }),
      ),
    ).toBe("outbound");
    expect(classOf({ classes: {}, inside: true }, { ...tool(), name: "toString" })).toBe("outbound");
  });

  it.each([
    [undefined, "outbound"],
    [{ readOnlyHint: true }, "outbound"],
    [{ readOnlyHint: true, openWorldHint: false }, "read"],
    [{ readOnlyHint: false, openWorldHint: false }, "outbound"],
    [{ readOnlyHint: false, openWorldHint: false, destructiveHint: false }, "write"],
  ] as const)("follows from annotations %j: %s, when the table doesn't know it", (annotations, expected) => {
    expect(classOf({ classes: {}, inside: true }, tool(annotations))).toBe(expected);
  });

  it("does not follow from what a server outside says of itself", () => {
    const harmless = tool({ readOnlyHint: true, openWorldHint: false });
    expect(classOf({ classes: {}, inside: false }, harmless)).toBe("outbound");
  });
});

describe("approval", () => {
  const none = { classes: new Set<never>() };

  it("is needed for outbound calls of tainted runs, and for whatever tells outsiders something", () => {
    expect(needsApproval({ risk: "outbound", isInside: true }, none, true)).toBe(true);
    expect(needsApproval({ risk: "read", isInside: false }, none, true)).toBe(true);
    expect(needsApproval({ risk: "write", isInside: true }, none, true)).toBe(false);
    expect(needsApproval({ risk: "outbound", isInside: false }, none, false)).toBe(false);
  });

  it("is needed for the classes that the policy names", () => {
    const policy = { classes: new Set(["write"] as const) };
    expect(needsApproval({ risk: "write", isInside: true }, policy, false)).toBe(true);
    expect(needsApproval({ risk: "read", isInside: true }, policy, false)).toBe(false);
  });
});

it("the hash of a definition changes with its words, its schema and its annotations, not with the order of keys", () => {
  const base = hashOf(tool({ readOnlyHint: true }));
  const { name, ...rest } = tool({ readOnlyHint: true });
  expect(hashOf({ ...rest, name })).toBe(base);
  expect(hashOf({ ...tool({ readOnlyHint: true }), description: "Looks things up!" })).not.toBe(base);
  expect(hashOf({ ...tool({ readOnlyHint: true }), inputSchema: { type: "object", required: [] } })).not.toBe(
    base,
  );
  expect(hashOf(tool({ readOnlyHint: false }))).not.toBe(base);
});

describe("configuration", () => {
  const { APPROVAL_CLASSES, TOOL_SERVERS } = orchestratorConfig.shape;

  it("takes a list of classes, or none", () => {
    expect(APPROVAL_CLASSES.parse(undefined)).toEqual(["outbound"]);
    expect(APPROVAL_CLASSES.parse("write, outbound")).toEqual(["write", "outbound"]);
    expect(APPROVAL_CLASSES.parse("none")).toEqual([]);
    expect(() => APPROVAL_CLASSES.parse("everything")).toThrow(/none, or a list/);
  });

  it("takes servers with names of their own, and nothing that it doesn't know", () => {
    const server = { name: "mail", url: "https://mail.example/mcp" };
    expect(TOOL_SERVERS.parse(JSON.stringify([server]))).toEqual([{ ...server, classes: {}, inside: false }]);
    expect(TOOL_SERVERS.parse(undefined)).toEqual([]);
    for (const faulty of [
      "no json",
      JSON.stringify([server, server]),
      JSON.stringify([{ ...server, name: "platform" }]),
      JSON.stringify([{ ...server, trusted: true }]),
      JSON.stringify([{ ...server, classes: { send: "harmless" } }]),
    ])
      expect(TOOL_SERVERS.safeParse(faulty).success, faulty).toBe(false);
  });
});
