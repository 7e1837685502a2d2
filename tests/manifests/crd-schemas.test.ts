import { describeWithCrds, validateAgainstCrd } from "../support/crd/validate";

const metadata = { name: "gateway", namespace: "trade-gateway" };

/** One object per project, as its own pages show it. */
const good = {
  tlsRoute: {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "TLSRoute",
    metadata,
    spec: {
      parentRefs: [{ name: "fabric", sectionName: "tls" }],
      hostnames: ["peer0.org1.example.com"],
      rules: [{ backendRefs: [{ name: "peer0", port: 7051, weight: 80 }] }],
    },
  },
  dnsEndpoint: {
    apiVersion: "externaldns.k8s.io/v1alpha1",
    kind: "DNSEndpoint",
    metadata,
    spec: {
      endpoints: [
        {
          dnsName: "gateway.org1.example.com",
          recordType: "A",
          recordTTL: 30,
          targets: ["192.0.2.1"],
          setIdentifier: "aws-prod",
          providerSpecific: [{ name: "aws/weight", value: "80" }],
        },
      ],
    },
  },
  propagationPolicy: {
    apiVersion: "policy.karmada.io/v1alpha1",
    kind: "PropagationPolicy",
    metadata,
    spec: {
      resourceSelectors: [{ apiVersion: "apps/v1", kind: "StatefulSet", name: "peer0" }],
      placement: { clusterAffinity: { clusterNames: ["aws-prod"] } },
    },
  },
  overridePolicy: {
    apiVersion: "policy.karmada.io/v1alpha1",
    kind: "OverridePolicy",
    metadata,
    spec: {
      overrideRules: [
        {
          targetCluster: { clusterNames: ["aws-prod"] },
          overriders: { plaintext: [{ path: "/spec/replicas", operator: "replace", value: 2 }] },
        },
      ],
    },
  },
  karmadaCluster: {
    apiVersion: "cluster.karmada.io/v1alpha1",
    kind: "Cluster",
    metadata: { name: "aws-prod" },
    spec: { syncMode: "Push", apiEndpoint: "https://192.0.2.1:6443", region: "eu-central-1", zones: ["a"] },
  },
  karmadaIngress: {
    apiVersion: "networking.karmada.io/v1alpha1",
    kind: "MultiClusterIngress",
    metadata,
    spec: {
      rules: [
        {
          host: "explorer.example.com",
          http: {
            paths: [
              { path: "/", pathType: "Prefix", backend: { service: { name: "explorer", port: { number: 80 } } } },
            ],
          },
        },
      ],
    },
  },
  serviceExport: { apiVersion: "multicluster.x-k8s.io/v1beta1", kind: "ServiceExport", metadata },
  gkeIngress: {
    apiVersion: "networking.gke.io/v1",
    kind: "MultiClusterIngress",
    metadata,
    spec: { template: { spec: { backend: { serviceName: "mcs", servicePort: 443 } } } },
  },
  kubefedCluster: {
    apiVersion: "core.kubefed.io/v1beta1",
    kind: "KubeFedCluster",
    metadata: { name: "aws-prod", namespace: "kube-federation-system" },
    spec: { apiEndpoint: "https://192.0.2.1:6443", caBundle: "AAAA", secretRef: { name: "aws-prod" } },
  },
  federated: {
    apiVersion: "types.kubefed.io/v1beta1",
    kind: "FederatedStatefulSet",
    metadata,
    spec: { template: { spec: { replicas: 1 } }, placement: { clusters: [{ name: "aws-prod" }] } },
  },
} as const;

describeWithCrds("the schemas that rendered objects are held against", () => {
  it.each(Object.entries(good))("accept what the project's pages show: %s", (_, object) => {
    expect(validateAgainstCrd(object)).toEqual([]);
  });

  it("refuse a field that nobody knows, wherever it stands", () => {
    const [rule] = good.tlsRoute.spec.rules;
    const misspelt = { ...good.tlsRoute, spec: { ...good.tlsRoute.spec, rules: [{ ...rule, backendReferences: [] }] } };
    expect(validateAgainstCrd(misspelt)).toEqual(["spec.rules[0]: unknown field backendReferences"]);
    const cluster = { ...good.karmadaCluster, spec: { ...good.karmadaCluster.spec, endpoint: "https://192.0.2.1" } };
    expect(validateAgainstCrd(cluster)).toEqual(["spec: unknown field endpoint"]);
  });

  it("refuse an override without operator, which KubeFed allows and Karmada does not", () => {
    const plaintext = [{ path: "/spec/replicas", value: 2 }];
    const object = { ...good.overridePolicy, spec: { overrideRules: [{ overriders: { plaintext } }] } };
    expect(validateAgainstCrd(object)).toEqual([
      "spec.overrideRules[0].overriders.plaintext[0]: should have required property 'operator'",
    ]);
  });

  it("refuse two listeners of one name: to the API server the list is a map", () => {
    const listener = { name: "tls", port: 443, protocol: "TLS" };
    const spec = { gatewayClassName: "envoy", listeners: [listener, listener] };
    const gateway = { apiVersion: "gateway.networking.k8s.io/v1", kind: "Gateway", metadata, spec };
    expect(validateAgainstCrd(gateway)).toEqual(["spec.listeners: two items with the same key"]);
  });

  it("refuse an object of a namespaced kind without namespace", () => {
    expect(validateAgainstCrd({ ...good.serviceExport, metadata: { name: "gateway" } })).toEqual([
      "metadata: should have required property 'namespace'",
    ]);
  });

  it("do not pass a kind that they do not have", () => {
    expect(() => validateAgainstCrd({ apiVersion: "example.com/v1", kind: "Unknown" })).toThrow(
      "no CRD of example.com",
    );
  });
});
