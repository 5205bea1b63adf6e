import type { Dashboard } from "./dashboard.ts";
import { languageModel } from "./language-model.ts";
import { processes } from "./processes.ts";
import { services } from "./services.ts";

export const DASHBOARDS: readonly Dashboard[] = [services, languageModel, processes];
