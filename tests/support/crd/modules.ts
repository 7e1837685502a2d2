/**
 * Where the schemas come from that rendered objects are held against: the CRDs that the projects publish in their Go
 * modules, at the versions that this project renders for. A module is known by its sum, as in a go.sum.
 */
export interface CrdModule {
  readonly module: string;
  readonly version: string;
  /** What `go mod download -json` says as `Sum`. */
  readonly sum: string;
  /** Files and folders with CRDs, from the module's root. */
  readonly crds: readonly string[];
}

export const crdModules: readonly CrdModule[] = [
  {
    module: "sigs.k8s.io/gateway-api",
    version: "v1.6.1",
    sum: "h1:mock6phZbI6rvZerwrVNk7hVNymQgHo+6sJ81Ia7ftY=",
    // What every installation has; the experimental channel is a choice.
    crds: ["config/crd/standard"],
  },
  {
    module: "sigs.k8s.io/external-dns",
    version: "v0.22.0",
    sum: "h1:+ASJ3KF7DLqHo2LsG8Qinuh2J389MS86I19i/r8ewUc=",
    crds: ["config/crd/standard"],
  },
  {
    module: "sigs.k8s.io/mcs-api",
    version: "v0.5.0",
    sum: "h1:UMgKuFFIRVEy4LR2LQovPnBkV9rgmZMT+sJO7MkaVj4=",
    crds: ["config/crd"],
  },
  {
    module: "github.com/karmada-io/karmada",
    version: "v1.18.2",
    sum: "h1:B1Eu3055LtTBndD/R2WcaS/bLvGwwVU1/3wXQjkIVN4=",
    crds: ["apps", "autoscaling", "networking", "policy", "work"].map((group) => `charts/karmada/_crds/bases/${group}`),
  },
  {
    module: "sigs.k8s.io/kubefed",
    version: "v0.10.0",
    sum: "h1:CjsCeK++ytUpWV2IxUuoLpPHP+/5NJ4bIkGhZyL+ff8=",
    crds: ["charts/kubefed/charts/controllermanager/crds/crds.yaml"],
  },
  {
    module: "github.com/envoyproxy/gateway",
    version: "v1.9.0",
    sum: "h1:PaOpud15v3kDCl3L5yc1TdYzggCMpRm1yRjNKmLkzHA=",
    crds: ["backends", "backendtrafficpolicies"].map(
      (kind) => `charts/gateway-helm/charts/crds/crds/generated/gateway.envoyproxy.io_${kind}.yaml`,
    ),
  },
  {
    module: "github.com/kubernetes-csi/external-snapshotter/client/v8",
    version: "v8.6.0",
    sum: "h1:FtGewu2k6HWw6evLGXY8JqUZ9eHpti1kd3e4amj+ilA=",
    // Snapshots of volumes and of groups of them, which its controller-gen made from the Go types beside.
    crds: ["config/crd"],
  },
];
