import { cp, link, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { StepContext } from "../progress.ts";
import { REPOSITORY } from "../repository.ts";
import { findArchive } from "./archives.ts";
import type { Buildah } from "./buildah.ts";
import { bundleService } from "./bundle.ts";
import { bundleFacts } from "./bundle-hash.ts";
import type { ImageInputs } from "./catalog.ts";
import { contentTag, type FileHashes } from "./file-hashes.ts";
import { copyPackages, findClosure } from "./native-modules.ts";
import { makeRootfs, type RootfsSpec } from "./rootfs.ts";
import { exportWebApp } from "./web-export.ts";

/** How to make an image, and the hash of all that goes into it. */
export interface Recipe {
  readonly hash: string;
  build(buildah: Buildah, reference: string): Promise<void>;
}

interface RecipeContext {
  /** The cache of archives. */
  readonly folder: string;
  readonly hashes: FileHashes;
  readonly ctx: StepContext;
}

/** base-files says which Debian it is, and has the licences that the packages' own files point to. */
const BASE: RootfsSpec = {
  packages: ["base-files", "libc6", "libstdc++6", "libgcc-s1", "libatomic1", "libgomp1", "netbase"],
  executables: [],
};

/** Where Debian has libraries: https://wiki.debian.org/Multiarch/Tuples */
const LIBRARIES = `/usr/lib/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu`;

/**
 * The base with ffmpeg, without what it could use a screen or a graphics card with, nor the data of libraries that are
 * linked and never called. The links are what two packages' scripts would make.
 */
const MEDIA: RootfsSpec = {
  packages: [...BASE.packages, "ffmpeg"],
  executables: ["ffmpeg"],
  without: [
    ...[
      "libLLVM-*",
      "libz3.so*",
      "libmfxhw64.so*",
      "libmfx-tracer.so*",
      "dri/*",
      "mfx/*",
      "libGLX_mesa.so*",
    ].map((name) => `/usr/lib/*/${name}`),
    ...["X11", "alsa", "drirc.d", "fontconfig", "fonts", "libmysofa", "libthai", "mime", "perl5"].map(
      (name) => `/usr/share/${name}/*`,
    ),
  ],
  links: Object.fromEntries(
    ["blas", "lapack"].map((name) => [`${LIBRARIES}/lib${name}.so.3`, `${name}/lib${name}.so.3`]),
  ),
};

/**
 * The package redis-server is this link, an init script, and a dependency on Perl. With redis-cli, Redis' users are changed
 * in its pod.
 */
const REDIS: RootfsSpec = {
  packages: ["base-files", "redis-tools"],
  executables: ["redis-check-rdb", "redis-cli"],
  links: { "/usr/bin/redis-server": "redis-check-rdb" },
};

/** Without Perl, for its installation only, and the scripts of its browser pages: it is asked by its API. */
const PROMETHEUS: RootfsSpec = {
  packages: ["base-files", "prometheus"],
  executables: ["prometheus"],
  without: [
    ...["javascript", "nodejs", "fonts", "perl", "perl5"].map((name) => `/usr/share/${name}/*`),
    ...["perl", "perl5", "perl-base", "libperl.so*"].map((name) => `/usr/lib/*/${name}`),
    ...["perl", "perl5", "perl-base"].map((name) => `/usr/lib/*/${name}/*`),
  ],
};

const NODE = join(REPOSITORY, "node_modules", `node-linux-${process.arch}`, "bin/node");
const ROOTFS_FILES = join(import.meta.dirname, "rootfs");

/** The service that serves the app\'s web build, which lies beside its bundle. */
const WEB_APP = "web-app";

/**
 * A service of `apps/`: bundle and native modules on the base, for media-processing with ffmpeg, for llm-server with the
 * model in between.
 */
export async function planService(
  name: string,
  inputs: ImageInputs,
  context: RecipeContext,
): Promise<Recipe> {
  const [base, dockerfile, bundle] = await Promise.all([
    planFoundation(name, inputs, context),
    readFile(join(REPOSITORY, "apps/Dockerfile"), "utf8"),
    bundleFacts(name, context.folder),
  ]);
  const packages = await findClosure(bundle.native, REPOSITORY);
  const ids = packages.map(({ id }) => id).join(" ");
  const site = name === WEB_APP ? await exportWebApp(context.folder, context) : undefined;
  return {
    hash: contentTag([base.hash, dockerfile, ids, bundle.hash, ...(site ? [site.hash] : [])]),
    async build(buildah, reference) {
      const folder = await emptyFolder(buildah, name);
      const { files } = await bundleService(name);
      await Promise.all([...files].map(([file, content]) => writeFile(join(folder, file), content)));
      await copyPackages(packages, REPOSITORY, folder);
      if (site) await cp(site.folder, join(folder, "public"), { recursive: true });
      const baseReference = `localhost/mobile-ai-agent/base:${base.hash}`;
      await base.build(buildah, baseReference);
      await buildah.build({ dockerfile, folder, reference, buildArgs: { BASE: baseReference } });
    },
  };
}

export async function planRedis(context: RecipeContext): Promise<Recipe> {
  const rootfs = await makeRootfs(REDIS, context.folder, context.ctx);
  return planRootfs({ dockerfile: "redis.Dockerfile", inputs: { "rootfs.tar": rootfs } }, context);
}

export async function planPrometheus(context: RecipeContext): Promise<Recipe> {
  const rootfs = await makeRootfs(PROMETHEUS, context.folder, context.ctx);
  return planRootfs({ dockerfile: "prometheus.Dockerfile", inputs: { "rootfs.tar": rootfs } }, context);
}

/** A static executable and nothing else. */
export async function planBinary(
  name: string,
  { binary }: ImageInputs,
  { hashes }: RecipeContext,
): Promise<Recipe> {
  if (!binary) throw new Error(`the image ${name} needs its executable`);
  const user = name === "ferretdb" ? "1000:1000" : "65532:65532";
  const dockerfile = [
    "FROM scratch",
    `COPY --chown=0:0 --chmod=755 ${name} /${name}`,
    `USER ${user}`,
    `ENTRYPOINT ["/${name}"]`,
    "",
  ].join("\n");
  return {
    hash: contentTag([dockerfile, await hashes.hash(binary)]),
    async build(buildah, reference) {
      const folder = await emptyFolder(buildah, name);
      await place(binary, join(folder, name));
      await buildah.build({ dockerfile, folder, reference });
    },
  };
}

/** What a service's bundle is put on. */
function planFoundation(name: string, inputs: ImageInputs, context: RecipeContext): Promise<Recipe> {
  if (name === "llm-server") return planModel(inputs, context);
  return planBase(context, name === "media-processing" ? MEDIA : BASE);
}

/** Debian packages and the pinned Node; kept as an archive, since all services stand on it. */
async function planBase(context: RecipeContext, spec = BASE): Promise<Recipe> {
  const rootfs = await makeRootfs(spec, context.folder, context.ctx);
  const inputs = { "rootfs.tar": rootfs, node: NODE };
  const { hash, build } = await planRootfs({ dockerfile: "base.Dockerfile", inputs }, context);
  const archive = join(context.folder, `base-${hash}.tar`);
  return {
    hash,
    async build(buildah, reference) {
      if (await findArchive(archive)) return buildah.load(archive);
      await build(buildah, reference);
      await buildah.save(reference, archive);
    },
  };
}

async function planModel({ model }: ImageInputs, context: RecipeContext): Promise<Recipe> {
  if (!model) throw new Error("the image llm-server needs a model");
  const [base, dockerfile] = await Promise.all([
    planBase(context),
    readFile(join(import.meta.dirname, "model.Dockerfile"), "utf8"),
  ]);
  return {
    hash: contentTag([base.hash, dockerfile, await context.hashes.hash(model)]),
    async build(buildah, reference) {
      const folder = await emptyFolder(buildah, "model");
      await place(model, join(folder, "model.gguf"));
      const baseReference = `localhost/mobile-ai-agent/base:${base.hash}`;
      await base.build(buildah, baseReference);
      await buildah.build({ dockerfile, folder, reference, buildArgs: { BASE: baseReference } });
    },
  };
}

interface RootfsPlan {
  /** Beside this module. */
  readonly dockerfile: string;
  /** Files of the build context, by name. */
  readonly inputs: Readonly<Record<string, string>>;
}

async function planRootfs(
  { dockerfile: file, inputs }: RootfsPlan,
  { hashes }: RecipeContext,
): Promise<Recipe> {
  const dockerfile = await readFile(join(import.meta.dirname, file), "utf8");
  const contents = await Promise.all(Object.values(inputs).map((path) => hashes.hash(path)));
  return {
    hash: contentTag([dockerfile, ...contents, ...(await readTree(ROOTFS_FILES))]),
    async build(buildah, reference) {
      const folder = await emptyFolder(buildah, basename(file, ".Dockerfile"));
      await cp(ROOTFS_FILES, join(folder, "rootfs"), { recursive: true });
      for (const [name, path] of Object.entries(inputs)) await place(path, join(folder, name));
      await buildah.build({ dockerfile, folder, reference });
    },
  };
}

async function readTree(folder: string): Promise<string[]> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).sort();
  return await Promise.all(
    paths.map(async (path) => `${path.slice(folder.length)}\n${await readFile(path, "utf8")}`),
  );
}

async function emptyFolder(buildah: Buildah, name: string): Promise<string> {
  const folder = join(buildah.folder, `context-${name}`);
  await mkdir(folder, { recursive: true });
  return folder;
}

/** Links where the file system allows it, else copies. */
async function place(source: string, target: string): Promise<void> {
  await link(source, target).catch(() => cp(source, target));
}
