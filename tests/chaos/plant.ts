import { registerHooks } from "node:module";
import type { Defect } from "./platform.ts";

// Loaded before a service, it changes one line of the service's source: a test that stays green then tests nothing.
const { file, from, to } = JSON.parse(process.env.DEFECT ?? "") as Defect;

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    if (!url.endsWith(file)) return loaded;
    const source = `${loaded.source}`;
    if (source.split(from).length !== 2) throw new Error(`${file} must have once: ${from}`);
    return { ...loaded, source: source.replace(from, to) };
  },
});
