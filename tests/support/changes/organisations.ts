/** Changes of who takes part. */
import type { Change } from "./change";
import { channel, organisation, site } from "./model";

export const organisationChanges = {
  addOrganisation: {
    says: "a bank that joins the network",
    edit: ({ network }) => void network.organisations.push({ name: "east", peers: [{ name: "peer0" }] }),
  },
  joinChannel: {
    says: "the new bank joins the channel",
    after: ["addOrganisation"],
    edit: (model) => void channel(model, "trade").members.push("east"),
  },
  leaveChannel: {
    says: "the new bank leaves the channel",
    after: ["addOrganisation", "joinChannel"],
    edit: (model) => (channel(model, "trade").members = ["north", "south"]),
  },
  renameOrganisation: {
    says: "another name for a bank",
    after: ["addOrganisation"],
    edit: (model) => (organisation(model, "east").name = "orient"),
  },
  removeOrganisation: {
    says: "a bank that leaves the network",
    after: ["addOrganisation", "renameOrganisation"],
    edit: ({ network }) => {
      network.organisations = network.organisations.filter(({ name }) => name !== "orient");
    },
  },
  insertOrganisation: {
    says: "an ordering organisation at the beginning of the file",
    edit: ({ network }) => void network.organisations.unshift({ name: "quay", orderers: { nodes: 2 } }),
    refused: { by: "cluster", because: /a volume does not move between zones/ },
  },
  mspId: {
    says: "another MSP id for a bank",
    edit: (model) => (organisation(model, "south").mspId = "SouthBankMSP"),
  },
  domain: {
    says: "another domain for a bank",
    edit: (model) => (organisation(model, "south").domain = "fabric.south.example"),
  },
  ownAuthority: {
    says: "a bank brings its own authorities, two of them, on PostgreSQL",
    edit: (model) => {
      organisation(model, "south").ca = {
        replicas: 2,
        certificates: { secretName: "bank-ca" },
        registry: { postgresql: { secretName: "bank-registry" } },
      };
    },
  },
  renameNetwork: {
    says: "another name for the network",
    edit: ({ network }) => (network.name = "coast"),
    refused: { by: "cluster", because: /3 ordering nodes that would be removed in one run/ },
  },
  renameSite: {
    says: "another name for the site",
    edit: (model) => (site(model).name = "town"),
    refused: { by: "cluster", because: /which the settings no longer name/ },
  },
} satisfies Record<string, Change>;
