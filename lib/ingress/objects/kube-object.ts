import { networkLabel, type KubeObject } from "../../constructs/manifests";

/** An object of a network. */
export function kubeObject(
  network: string,
  apiVersion: string,
  kind: string,
  metadata: { readonly name: string; readonly namespace: string; readonly annotations?: Record<string, string> },
  rest: Readonly<Record<string, unknown>>,
): KubeObject {
  const labels = { "app.kubernetes.io/part-of": network, [networkLabel]: network };
  return { apiVersion, kind, metadata: { ...metadata, labels }, ...rest };
}

/** A host as the name of an object; dots stay, for these names may have them. */
export const nameOf = (host: string): string => host.toLowerCase();
