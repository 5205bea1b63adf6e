import { PolicyPack } from "@pulumi/policy";
import { RULES } from "./rules/index.ts";

new PolicyPack("mobile-ai-agent-kubernetes", { policies: RULES, enforcementLevel: "mandatory" });
