import { PolicyPack } from "@pulumi/policy";
import { RULES } from "./rules/index.ts";

new PolicyPack("mobile-ai-agent-aws", { policies: RULES, enforcementLevel: "mandatory" });
