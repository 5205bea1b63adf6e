import platformTools from "./platform-tools.json" with { type: "json" };
import { hashOf, type PinnedDefinition } from "./tool.ts";

/** The platform's own tools, as this release has them; a test compares them with those that are served. */
export const RELEASED_TOOLS = platformTools as unknown as readonly PinnedDefinition[];

export const RELEASED_HASHES: ReadonlySet<string> = new Set(RELEASED_TOOLS.map(hashOf));
