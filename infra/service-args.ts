import * as pulumi from "@pulumi/pulumi";
import type { Link } from "./components/pod.ts";
import { type Config, imageOf, type Scaling } from "./config.ts";
import {
  addressOf,
  DEFAULT_RESOURCES,
  DEFAULT_SCALING,
  type LinkName,
  SERVICE_NAMES,
  SERVICES,
  type ServiceName,
} from "./services.ts";

function scalingOf(name: ServiceName, config: Config): Scaling {
  return config.scaling[name] ?? config.scaling.default ?? DEFAULT_SCALING;
}

/** @returns the most pods of each service that can grow at all. */
export function maxPods(config: Config): Record<string, number> {
  const scalings = SERVICE_NAMES.map((name) => [name, scalingOf(name, config)] as const);
  return Object.fromEntries(
    scalings.filter(([, { min, max }]) => min < max).map(([name, { max }]) => [name, max]),
  );
}

/** @returns what a service's row in the table comes to under the stack's configuration. */
export function serviceArgs(name: ServiceName, config: Config, links: Record<LinkName, Link>) {
  const { calls = [], links: wanted = [], env = {}, scratch, sticky = false } = SERVICES[name];
  const addresses = calls.map((called) => [
    `${called.toUpperCase().replaceAll("-", "_")}_URL`,
    addressOf(called),
  ]);
  return {
    image: imageOf(config, name),
    resources: config.resources[name] ?? config.resources.default ?? DEFAULT_RESOURCES,
    scaling: scalingOf(name, config),
    env: { ENVIRONMENT: pulumi.getStack(), ...env, ...Object.fromEntries(addresses) },
    links: wanted.map((link) => links[link]),
    ...(scratch && { scratch }),
    sticky,
  };
}
