import { looseKind } from "../federation/loose-kind";

/** The kind by which records are asked of external-dns; without its validation, which is for its users. */
export const endpointKind = looseKind({
  group: "externaldns.k8s.io",
  version: "v1alpha1",
  scope: "Namespaced",
  kind: "DNSEndpoint",
  plural: "dnsendpoints",
  // The group is one that only approved kinds may be in. (kubernetes.io, "api-approved.kubernetes.io")
  annotations: { "api-approved.kubernetes.io": "https://github.com/kubernetes-sigs/external-dns/pull/2007" },
});
