/** Changes of what runs and of how it runs. */
import type { Change } from "./change";
import { site } from "./model";

const digest = `sha256:${"ab".repeat(32)}`;

export const runtimeChanges = {
  longTermRelease: {
    says: "Fabric 2.5, where one begins",
    edit: ({ network }) => void (network.fabric = { ...network.fabric, version: "2.5.16" }),
  },
  majorUpgrade: {
    says: "Fabric 3.1 in place of 2.5",
    after: ["longTermRelease"],
    edit: ({ network }) => void (network.fabric = { ...network.fabric, version: "3.1.4" }),
  },
  patchUpgrade: {
    says: "the next patch of Fabric",
    edit: ({ network }) => void (network.fabric = { ...network.fabric, version: "3.1.5" }),
  },
  pinPeerImage: {
    says: "the peers' image by its digest",
    edit: ({ network }) => void (network.fabric = { ...network.fabric, images: { peer: { digest } } }),
  },
  registry: {
    says: "images from a registry of one's own",
    edit: ({ network }) => void (network.fabric = { ...network.fabric, registry: "registry.example.com/hyperledger" }),
  },
  authorityVersion: {
    says: "an older certificate authority",
    edit: ({ network }) => void (network.fabric = { ...network.fabric, caVersion: "1.5.20" }),
  },
  endorsementTimeout: {
    says: "more patience with slow chaincode",
    edit: ({ network }) => void (network.fabric = { ...network.fabric, endorsementTimeout: "6s" }),
  },
  clientCertificates: {
    says: "clients without certificates",
    edit: ({ network }) => (network.tls = { clientAuthentication: false }),
    refused: { by: "policies", because: /identity-mutual-tls/ },
  },
  validity: {
    says: "certificates that hold for two years",
    edit: ({ network }) => (network.identities = { ...network.identities, validity: "17520h" }),
  },
  renewBefore: {
    says: "certificates renewed two months before their end",
    edit: ({ network }) => (network.identities = { ...network.identities, renewBefore: "1440h" }),
  },
  roundTrip: {
    says: "zones a little further from each other, for which the timing is right as it is",
    edit: (model) => (site(model).roundTrip = "4ms"),
  },
  farZones: {
    says: "zones of two cities",
    edit: (model) => (site(model).roundTrip = "20ms"),
    refused: { by: "documents", because: /at most 5ms: dual-active is one city/ },
  },
  clusterDomain: {
    says: "another DNS domain of the cluster",
    edit: (model) => (site(model).clusterDomain = "city.example"),
  },
  narrowApiServer: {
    says: "agents may look for the API server in one network only",
    edit: (model) => (site(model).apiServer = { ...site(model).apiServer, cidr: "127.0.0.0/8" }),
  },
  widenApiServer: {
    says: "agents may look for the API server anywhere again",
    after: ["narrowApiServer"],
    edit: (model) => (site(model).apiServer = { ...site(model).apiServer, cidr: "0.0.0.0/0" }),
  },
  monitoring: {
    says: "monitoring by the Prometheus operator",
    edit: (model) => (site(model).prometheusOperator = true),
  },
  smallMachines: {
    says: "a tenth of the CPU",
    edit: ({ settings }) => (settings.smallMachines = true),
  },
  noCouchdb: {
    says: "no CouchDB after all",
    edit: ({ settings }) => (settings.couchdb = false),
    refused: { by: "cluster", because: /a peer's state database cannot change under its ledger/ },
  },
  federated: {
    says: "another topology",
    edit: ({ settings }) => (settings.topology = "federated"),
    refused: { by: "documents", because: /found no `federation`[^]*found 1 site/ },
  },
  reordered: {
    says: "the same in other words: defaults written out, keys in another order",
    edit: ({ network, settings }) => {
      const { organisations, ...others } = network;
      for (const key of Object.keys(network)) delete (network as Record<string, unknown>)[key];
      Object.assign(network, { waivers: [], ...others, organisations });
      settings.topology = "dual-active";
      settings.adopt = false;
    },
  },
} satisfies Record<string, Change>;
