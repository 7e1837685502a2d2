/** Labels and names by which the sandbox's parts find each other's objects. */

const domain = "sandbox.fabric-topologies.dev";

/** On every node that KWOK plays. */
export const simulatedLabel = `${domain}/simulated`;

/** On the nodes of a lost zone: KWOK leaves them alone, as if their kubelets were gone. */
export const lostLabel = `${domain}/lost`;

/** Which nodes KWOK plays. */
export const managedNodes = `${simulatedLabel}=true,!${lostLabel}`;

/** Provisioner of StorageClasses whose volumes exist in one zone each. */
export const zonalProvisioner = `${domain}/zonal`;

/** Kubernetes' well-known label for a failure domain inside a cluster. */
export const zoneLabel = "topology.kubernetes.io/zone";
export const hostnameLabel = "kubernetes.io/hostname";
