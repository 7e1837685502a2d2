/** The label that says what a pod does; `lib/constructs/labels.ts` sets it, and knows nothing of agents. */
export const roleLabel = "fabric-topologies.dev/role";
