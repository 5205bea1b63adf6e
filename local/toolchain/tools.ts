/** A file of an official release, and where its publisher says what its checksum is. */
export interface Release {
  readonly url: string;
  readonly checksumUrl: string;
  /** Path of the executable inside the tar.gz; absent where the file is the executable. */
  readonly member?: string;
}

export interface Tool {
  readonly version: string;
  /** Folder below `modules/` that pins the sources. */
  readonly module: string;
  /** The main package, as `go build` takes it in that folder. */
  readonly package: string;
  readonly ldflags: string;
  /** How an executable found on PATH says its version: arguments, and what the output must match. */
  readonly installed?: { readonly args: readonly string[]; readonly matches: RegExp };
  readonly release?: (os: "linux" | "darwin", arch: "amd64" | "arm64") => Release;
}

const STRIP = "-s -w";
const KUBERNETES = "1.34.3";
const PULUMI = "3.232.0";
const COREDNS = "1.15.0";
const TRAEFIK = "3.6.6";
const ACTIONLINT = "1.7.12";
const SYFT = "1.52.0";

/** In the order in which they are built when several are asked for: what the rest of `up` waits for comes first. */
const TABLE = {
  "kube-apiserver": kubernetes("kube-apiserver"),
  "kube-controller-manager": kubernetes("kube-controller-manager"),
  "kube-scheduler": kubernetes("kube-scheduler"),
  kubelet: kubernetes("kubelet"),
  "kube-proxy": kubernetes("kube-proxy"),
  kubectl: kubernetes("kubectl", ["version", "--client"], "Client Version: "),
  pause: { version: "1.0.0", module: "pause", package: ".", ldflags: STRIP },
  coredns: {
    version: COREDNS,
    module: "coredns",
    package: "github.com/coredns/coredns",
    ldflags: STRIP,
    installed: { args: ["-version"], matches: line(`CoreDNS-${COREDNS}`) },
    release: (os, arch) => {
      const url = `https://github.com/coredns/coredns/releases/download/v${COREDNS}/coredns_${COREDNS}_${os}_${arch}.tgz`;
      return { url, checksumUrl: `${url}.sha256`, member: "coredns" };
    },
  },
  pulumi: {
    version: PULUMI,
    module: "pulumi",
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    ldflags: `${STRIP} -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${PULUMI}`,
    installed: { args: ["version"], matches: line(`v?${PULUMI}`) },
    release: (os, arch) => {
      const base = `https://github.com/pulumi/pulumi/releases/download/v${PULUMI}`;
      return {
        url: `${base}/pulumi-v${PULUMI}-${os}-${arch === "amd64" ? "x64" : arch}.tar.gz`,
        checksumUrl: `${base}/pulumi-${PULUMI}-checksums.txt`,
        member: "pulumi/pulumi",
      };
    },
  },
  ferretdb: { version: "1.24.2", module: "ferretdb", package: ".", ldflags: STRIP },
  traefik: {
    version: TRAEFIK,
    module: "traefik",
    package: "github.com/traefik/traefik/v3/cmd/traefik",
    ldflags: STRIP,
    installed: { args: ["version"], matches: line(`Version:\\s+${TRAEFIK}`) },
    release: (os, arch) => {
      const base = `https://github.com/traefik/traefik/releases/download/v${TRAEFIK}/traefik_v${TRAEFIK}`;
      return { url: `${base}_${os}_${arch}.tar.gz`, checksumUrl: `${base}_checksums.txt`, member: "traefik" };
    },
  },
  "metrics-server": {
    version: "0.9.0",
    module: "metrics-server",
    package: "sigs.k8s.io/metrics-server/cmd/metrics-server",
    ldflags: STRIP,
  },
  "vpa-recommender": {
    version: "1.8.1",
    module: "vpa",
    package: "k8s.io/autoscaler/vertical-pod-autoscaler/pkg/recommender",
    ldflags: STRIP,
  },
  actionlint: {
    version: ACTIONLINT,
    module: "actionlint",
    package: "github.com/rhysd/actionlint/cmd/actionlint",
    ldflags: STRIP,
    installed: { args: ["-version"], matches: line(`v?${ACTIONLINT}`) },
    release: (os, arch) => {
      const base = `https://github.com/rhysd/actionlint/releases/download/v${ACTIONLINT}/actionlint_${ACTIONLINT}`;
      return {
        url: `${base}_${os}_${arch}.tar.gz`,
        checksumUrl: `${base}_checksums.txt`,
        member: "actionlint",
      };
    },
  },
  syft: {
    version: SYFT,
    module: "syft",
    package: "github.com/anchore/syft/cmd/syft",
    ldflags: `${STRIP} -X main.version=${SYFT}`,
    installed: { args: ["version"], matches: line(`Version:\\s+${SYFT}`) },
    release: (os, arch) => {
      const base = `https://github.com/anchore/syft/releases/download/v${SYFT}/syft_${SYFT}`;
      return { url: `${base}_${os}_${arch}.tar.gz`, checksumUrl: `${base}_checksums.txt`, member: "syft" };
    },
  },
} satisfies Record<string, Tool>;

export type ToolName = keyof typeof TABLE;
export const TOOLS: Readonly<Record<ToolName, Tool>> = TABLE;

/** https://kubernetes.io/releases/download/#binaries */
function kubernetes(name: string, args: readonly string[] = ["--version"], prefix = "Kubernetes "): Tool {
  const [major, minor] = KUBERNETES.split(".");
  return {
    version: KUBERNETES,
    module: "kubernetes",
    package: `k8s.io/kubernetes/cmd/${name}`,
    ldflags: [
      STRIP,
      `-X k8s.io/component-base/version.gitVersion=v${KUBERNETES}`,
      `-X k8s.io/component-base/version.gitMajor=${major} -X k8s.io/component-base/version.gitMinor=${minor}`,
      `-X k8s.io/client-go/pkg/version.gitVersion=v${KUBERNETES}`,
    ].join(" "),
    installed: { args, matches: line(`${prefix}v${KUBERNETES}`) },
    release: (os, arch) => {
      const url = `https://dl.k8s.io/v${KUBERNETES}/bin/${os}/${arch}/${name}`;
      return { url, checksumUrl: `${url}.sha256` };
    },
  };
}

/** A whole line, so that 1.34.3 doesn't take 1.34.30 or 1.34.3-rc.1 for itself. Dots in versions match dots only. */
function line(pattern: string): RegExp {
  return new RegExp(`^${pattern.replaceAll(".", "\\.")}\\s*$`, "m");
}
