/** How a site's cluster is reached. */
export interface SiteAccess {
  /** The site's name in the stack settings. */
  readonly name: string;
  /** Path of a kubeconfig file; by default $KUBECONFIG or ~/.kube/config. Never its content, which holds credentials. */
  readonly kubeconfig?: string | undefined;
  /** A context of the kubeconfig; by default its current one. */
  readonly context?: string | undefined;
}
