/** A network and the sites that it is on, as two documents that people edit. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { previewOfPlan } from "../../../cli/preview/previewed";
import type { Preview } from "../../../lib/preview/document";
import type { NetworkInput } from "../../../lib/spec/network";
import type { SettingsInput } from "../../../lib/spec/settings";
import { planStack, type Plan } from "../../../topologies/plan";

/** Both documents. Changes edit them in place. */
export interface Model {
  readonly network: NetworkInput;
  readonly settings: SettingsInput;
}

export type OrganisationInput = NetworkInput["organisations"][number];
export type ZoneInput = SettingsInput["sites"][number]["zones"][number];

/**
 * What every change begins with: two banks, one of them with CouchDB, an organisation that orders, a channel and a
 * chaincode with private data, on two zones and a witness.
 */
export function start(): Model {
  return {
    network: {
      name: "shore",
      fabric: { version: "3.1.4" },
      organisations: [
        { name: "north", peers: [{ name: "peer0" }] },
        { name: "south", peers: [{ name: "peer0", stateDatabase: "couchdb" }] },
        { name: "harbour", orderers: { nodes: 3 } },
      ],
      channels: [{ name: "trade", members: ["north", "south"] }],
      chaincodes: [
        {
          name: "assets",
          channel: "trade",
          image: "registry.example.com/assets:1.0",
          collections: [{ name: "prices", members: ["north", "south"] }],
        },
      ],
    },
    settings: {
      network: "network.yaml",
      sites: [
        {
          name: "city",
          zones: [{ name: "zone-a" }, { name: "zone-b" }, { name: "zone-c", witness: true }],
          storage: { provisioner: "csi.example.com" },
        },
      ],
    },
  };
}

/** Documents of their own, to be edited. */
export const copyOf = (model: Model): Model => structuredClone(model);

/** An organisation of the network file. */
export function organisation({ network }: Model, name: string): OrganisationInput {
  return named(network.organisations, name);
}

/** The only peer group of an organisation. */
export function peersOf(model: Model, name: string): NonNullable<OrganisationInput["peers"]>[number] {
  return only(organisation(model, name).peers ?? []);
}

/** The ordering nodes of the organisation that orders. */
export function orderersOf(model: Model): NonNullable<OrganisationInput["orderers"]> {
  const { orderers } = organisation(model, "harbour");
  if (orderers === undefined) throw new RangeError("harbour orders");
  return orderers;
}

export const channel = ({ network }: Model, name: string) => named(network.channels ?? [], name);
export const chaincode = ({ network }: Model, name: string) => named(network.chaincodes ?? [], name);
export const site = ({ settings }: Model) => only(settings.sites);
export const zone = (model: Model, name: string): ZoneInput => named(site(model).zones, name);

function named<T extends { readonly name: string }>(all: readonly T[], name: string): T {
  return only(all.filter((one) => one.name === name));
}

function only<T>([one, ...others]: readonly T[]): T {
  if (one === undefined || others.length > 0) throw new RangeError("one is expected, no more and no fewer");
  return one;
}

/** Name of the stack that the previews are of. */
export const stackName = "dev";

/**
 * Checks and places a model.
 * @param today The day against which waivers end.
 * @throws InvalidInput where the documents are refused
 */
export function planOf({ network, settings }: Model, today?: string): Plan {
  const folder = mkdtempSync(join(tmpdir(), "fabric-topologies-model-"));
  try {
    // JSON is YAML.
    writeFileSync(join(folder, "network.yaml"), JSON.stringify(network));
    writeFileSync(join(folder, "settings.yaml"), JSON.stringify(settings));
    return planStack({
      settings: join(folder, "settings.yaml"),
      network: join(folder, "network.yaml"),
      ...(today === undefined ? {} : { today }),
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The preview of a model. */
export const previewOfModel = async (model: Model): Promise<Preview> =>
  (await previewOfPlan(planOf(model), stackName)).preview;
