import { cp, readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

export interface Package {
  readonly id: string;
  /** Absolute folder. */
  readonly folder: string;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly os?: string | string[];
  readonly cpu?: string | string[];
  readonly libc?: string | string[];
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
}

/**
 * Sources and headers for compiling at run time, types, maps: not needed by a prebuilt module. And what a page can be
 * shown with besides the one build of its renderer.
 */
const UNNEEDED = [
  /\/node-llama-cpp\/llama\/(?![^/]+\.json$)/,
  /\/node-llama-cpp\/templates$/,
  /\/swagger-ui-dist\/(?!(LICENSE|NOTICE|package\.json|absolute-path\.js|swagger-ui\.css|swagger-ui-bundle\.js.*)$)/,
  /\.d\.[mc]?ts$/,
  /\.map$/,
];

/**
 * Finds packages and all that they need at run time, as Node resolves them: the nearest node_modules upwards.
 *
 * @param root the folder whose node_modules is the outermost
 * @returns packages sorted by folder
 * @throws when a required (not optional) dependency is not installed
 */
export async function findClosure(names: readonly string[], root: string): Promise<Package[]> {
  const found = new Map<string, Package>();
  const visit = async (name: string, from: string, optional: boolean): Promise<void> => {
    const resolved = await resolvePackage(name, from, root);
    if (!resolved) {
      if (optional) return;
      throw new Error(
        `${name}, which ${relative(root, from) || "an image"} needs, is not installed: run \`npm ci\``,
      );
    }
    const { folder, manifest } = resolved;
    if (found.has(folder) || (optional && !fitsMachine(manifest))) return;
    found.set(folder, { id: `${manifest.name}@${manifest.version}`, folder });
    const optionalNames = Object.keys(manifest.optionalDependencies ?? {});
    // npm lists an optional dependency in both places.
    const required = Object.keys(manifest.dependencies ?? {}).filter((key) => !optionalNames.includes(key));
    for (const key of required) await visit(key, folder, false);
    for (const key of optionalNames) await visit(key, folder, true);
  };
  for (const name of names) await visit(name, root, false);
  return [...found.values()].sort((a, b) => (a.folder < b.folder ? -1 : 1));
}

/** Copies packages below `target` in the places that they have below `root`. */
export async function copyPackages(
  packages: readonly Package[],
  root: string,
  target: string,
): Promise<void> {
  for (const { folder } of packages) {
    await cp(folder, join(target, relative(root, folder)), {
      recursive: true,
      filter: (path) =>
        path === folder ||
        (!path.slice(folder.length).startsWith("/node_modules") &&
          !UNNEEDED.some((pattern) => pattern.test(path))),
    });
  }
}

async function resolvePackage(name: string, from: string, root: string) {
  for (let base = from; ; base = dirname(base)) {
    const folder = join(base, "node_modules", name);
    const text = await readFile(join(folder, "package.json"), "utf8").catch(() => undefined);
    if (text !== undefined) return { folder, manifest: JSON.parse(text) as Manifest };
    if (base === root || base === dirname(base)) return undefined;
  }
}

/** The first CPU counts: some packages name others for which they can be cross-compiled. */
function fitsMachine({ name, os, cpu, libc }: Manifest): boolean {
  const first = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value);
  const fits = (value: string | undefined, wanted: string) => value === undefined || value === wanted;
  if (name.startsWith("@node-llama-cpp/"))
    return name === `@node-llama-cpp/${process.platform}-${process.arch}`;
  return fits(first(os), process.platform) && fits(first(cpu), process.arch) && fits(first(libc), "glibc");
}
