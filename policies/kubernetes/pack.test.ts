import { describePack } from "@mobile-ai-agent/policies-testing";
import { RULES } from "./rules/index.ts";

describePack(import.meta.dirname, RULES);
