/** Changes of nodes and of their volumes. */
import type { Change } from "./change";
import { orderersOf, organisation, peersOf, site, zone } from "./model";

export const nodeChanges = {
  morePeers: {
    says: "a third peer for a bank",
    edit: (model) => (peersOf(model, "north").replicas = 3),
  },
  fewerPeers: {
    says: "the third peer goes again",
    after: ["morePeers"],
    edit: (model) => (peersOf(model, "north").replicas = 2),
  },
  singlePeer: {
    says: "one peer only for a bank, which says why its gateway may stop",
    after: ["anyEndorsement"],
    edit: (model) => {
      peersOf(model, "north").replicas = 1;
      organisation(model, "north").gatewayMayStopBecause = "the bank closes at night";
    },
  },
  peerMemory: {
    says: "more memory for a bank's peers",
    edit: (model) => (peersOf(model, "north").resources = { memory: "3Gi" }),
  },
  ordererMemory: {
    says: "more memory for the ordering nodes",
    edit: (model) => (orderersOf(model).resources = { memory: "2Gi" }),
  },
  biggerDisk: {
    says: "bigger disks for a bank's peers",
    edit: (model) => (peersOf(model, "south").storage = "30Gi"),
  },
  smallerDisk: {
    says: "smaller disks for a bank's peers",
    edit: (model) => (peersOf(model, "south").storage = "10Gi"),
    refused: { by: "cluster", because: /a volume does not shrink/ },
  },
  otherStorageClass: {
    says: "another StorageClass for a zone",
    edit: (model) => (zone(model, "zone-a").storageClass = "fast"),
    refused: { by: "cluster", because: /spec\.storageClassName shore-zone-a, to become fast/ },
  },
  otherDiskParameters: {
    says: "other parameters for the driver that makes the disks",
    edit: (model) => {
      const { provisioner = "" } = site(model).storage ?? {};
      site(model).storage = { provisioner, parameters: { type: "gp3" } };
    },
    refused: { by: "cluster", because: /parameters nothing, to become \{"type":"gp3"\}/ },
  },
  couchdb: {
    says: "CouchDB in place of LevelDB under a bank's ledger",
    edit: (model) => (peersOf(model, "north").stateDatabase = "couchdb"),
    refused: { by: "cluster", because: /a peer's state database cannot change under its ledger/ },
  },
  moveConsenter: {
    says: "a consenter to another zone",
    edit: (model) => (zone(model, "zone-b").pods = ["harbour/orderer-0"]),
    refused: { by: "cluster", because: /a volume does not move between zones/ },
  },
  moveWitness: {
    says: "another zone as the witness",
    edit: (model) => {
      delete zone(model, "zone-c").witness;
      zone(model, "zone-b").witness = true;
    },
    refused: { by: "cluster", because: /a volume does not move between zones/ },
  },
  moreConsenters: {
    says: "five consenters in place of three",
    edit: (model) => (orderersOf(model).nodes = 5),
  },
  fewerConsenters: {
    says: "three consenters again, in one step",
    after: ["moreConsenters"],
    edit: (model) => (orderersOf(model).nodes = 3),
    refused: { by: "cluster", because: /2 ordering nodes that would be removed in one run/ },
  },
  oneConsenterFewer: {
    says: "one consenter fewer",
    after: ["moreConsenters"],
    edit: (model) => {
      orderersOf(model).nodes = 4;
      model.network.ordering = { evenConsentersBecause: "on the way from five to three" };
    },
    refused: { by: "documents", because: /2 of 4 consenters in zone-a/ },
  },
  twoConsenters: {
    says: "two consenters",
    edit: (model) => {
      orderersOf(model).nodes = 2;
      model.network.ordering = { evenConsentersBecause: "the third machine is broken" };
    },
    refused: { by: "documents", because: /3 or more: with 2, Raft needs 2/ },
  },
  renamePeers: {
    says: "another name for a bank's peer group",
    edit: (model) => (peersOf(model, "north").name = "node"),
  },
  renameOrderers: {
    says: "another name for the group of ordering nodes",
    edit: (model) => (orderersOf(model).name = "sorter"),
    refused: { by: "cluster", because: /3 ordering nodes that would be removed in one run/ },
  },
} satisfies Record<string, Change>;
