/** Name of a Kubernetes object: of the `Failover` at the witness, and of the lease beside it. */
export interface ObjectName {
  readonly namespace: string;
  readonly name: string;
}
