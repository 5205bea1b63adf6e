import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import type { StepContext } from "../progress.ts";
import { findArchive } from "./archives.ts";
import { contentTag } from "./file-hashes.ts";

const SUITE = "bookworm";

/** Not needed by a service; the packages' licences stay. */
const FILTERS = [
  ...["man", "locale", "lintian", "gdb", "gcc", "bash-completion", "doc"].map(
    (name) => `path-exclude=/usr/share/${name}/*`,
  ),
  "path-include=/usr/share/doc/*/copyright",
  "path-exclude=/usr/lib/*/gconv/*",
];

/** What mmdebstrap leaves of this machine and of its own work. */
const LEFTOVERS = [
  "etc/apt",
  "etc/dpkg",
  "etc/fstab",
  "etc/skel",
  "etc/update-motd.d",
  "usr/share/base-files",
  "etc/hostname",
  "etc/resolv.conf",
  "var/cache/apt",
  "var/lib/apt",
];

/**
 * No script of a package runs, so that dpkg knows of none. One file for each, as the distroless images have them, tells
 * what is there to anyone who lists or scans the image.
 */
const RECORD = [
  'mkdir "$1"/var/lib/dpkg/status.d',
  'for deb in "$1"/var/cache/apt/archives/*.deb; do dpkg-deb --field "$deb" > "$1"/var/lib/dpkg/status.d/$(dpkg-deb --field "$deb" Package); done',
].join(" && ");

export interface RootfsSpec {
  readonly packages: readonly string[];
  /** Names of the executables to keep; those of dependencies, some of them set-user-id, go. */
  readonly executables: readonly string[];
  /** Shell patterns of files that are left out, `*` crossing folders. */
  readonly without?: readonly string[];
  /** Symbolic links to make: where, and what for. */
  readonly links?: Readonly<Record<string, string>>;
}

const making = new Map<string, Promise<string>>();

/**
 * Unpacks Debian packages with their dependencies, running none of their scripts, into a tar archive in the cache.
 * To take up security updates, remove the archive from the cache.
 *
 * @returns path of the archive
 */
export function makeRootfs(spec: RootfsSpec, folder: string, ctx: StepContext): Promise<string> {
  const tag = contentTag([SUITE, process.arch, JSON.stringify(spec), RECORD, ...FILTERS, ...LEFTOVERS]);
  const archive = join(folder, `rootfs-${tag}.tar`);
  // Images built side by side share the base.
  const made = making.get(archive) ?? build(spec, archive, ctx);
  making.set(archive, made);
  made.catch(() => making.delete(archive));
  return made;
}

async function build(
  { packages, executables, without = [], links = {} }: RootfsSpec,
  archive: string,
  ctx: StepContext,
): Promise<string> {
  if (await findArchive(archive)) return archive;
  ctx.report(`unpacking Debian packages ${packages.join(" ")}`);
  await mkdir(join(archive, ".."), { recursive: true });
  const temporary = `${archive}.${process.pid}.tar`;
  const keep = executables.map((name) => `! -name ${name}`).join(" ");
  const args = [
    ...["--variant=extract", "--format=tar", "--skip=output/dev", `--include=${packages.join(",")}`],
    ...[...FILTERS, ...without.map((path) => `path-exclude=${path}`)].map((filter) => `--dpkgopt=${filter}`),
    // The later hooks are not run for this variant. /proc and /sys are mounted meanwhile.
    `--extract-hook=find "$1" -xdev -path "*bin/*" ! -type d ${keep} -delete`,
    `--extract-hook=${RECORD}`,
    ...Object.entries(links).map(([path, target]) => `--extract-hook=ln -s ${target} "$1"${path}`),
    ...[SUITE, temporary],
  ];
  await execa("mmdebstrap", args, { cancelSignal: ctx.signal, env: { SOURCE_DATE_EPOCH: "0" } });
  await execa("tar", ["--delete", "--file", temporary, ...LEFTOVERS.map((path) => `./${path}`)]);
  await rename(temporary, archive);
  return archive;
}
