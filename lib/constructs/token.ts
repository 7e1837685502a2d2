import type { Volume, VolumeMount } from "cdk8s-plus-28/lib/imports/k8s";

/** What an account's token, the API server's authority and the namespace are called, where clients look for them. */
const tokenFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

/** Mounted by hand, so that of a pod's containers only those have it that talk to the API server. */
export const tokenVolume: Volume = {
  name: "token",
  projected: {
    sources: [
      { serviceAccountToken: { path: "token", expirationSeconds: 3600 } },
      { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
      { downwardApi: { items: [{ path: "namespace", fieldRef: { fieldPath: "metadata.namespace" } }] } },
    ],
  },
};

/** Where it is mounted. */
export const tokenMount: VolumeMount = { name: "token", mountPath: tokenFolder, readOnly: true };
