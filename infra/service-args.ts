import type { Link } from "./components/pod.ts";
import { type Config, imageOf } from "./config.ts";
import {
  addressOf,
  DEFAULT_RESOURCES,
  DEFAULT_SCALING,
  type LinkName,
  SERVICES,
  type ServiceName,
} from "./services.ts";

/** @returns what a service's row in the table comes to under the stack's configuration. */
export function serviceArgs(name: ServiceName, config: Config, links: Record<LinkName, Link>) {
  const { calls = [], links: wanted = [], env = {} } = SERVICES[name];
  const addresses = calls.map((called) => [
    `${called.toUpperCase().replaceAll("-", "_")}_URL`,
    addressOf(called),
  ]);
  return {
    image: imageOf(config, name),
    resources: config.resources[name] ?? config.resources.default ?? DEFAULT_RESOURCES,
    scaling: config.scaling[name] ?? config.scaling.default ?? DEFAULT_SCALING,
    env: { ...env, ...Object.fromEntries(addresses) },
    links: wanted.map((link) => links[link]),
  };
}
