import { KubeConfig } from "@kubernetes/client-node";
import { type ApiServer, connect } from "./api-server";

/** Connects to the cluster that this process runs in, or to the one of KUBECONFIG. */
export function connectFromEnvironment(): ApiServer {
  const config = new KubeConfig();
  if (process.env["KUBECONFIG"] !== undefined || process.env["KUBERNETES_SERVICE_HOST"] === undefined)
    config.loadFromDefault();
  else config.loadFromCluster();
  return connect(config);
}
