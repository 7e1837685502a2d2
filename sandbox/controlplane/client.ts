/** The Kubernetes client for a sandbox. It takes a second to load: import this file only where it is needed. */
import { KubeConfig } from "@kubernetes/client-node";

/** A client configuration from a kubeconfig file. */
export function loadConfig(file: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(file);
  return config;
}
