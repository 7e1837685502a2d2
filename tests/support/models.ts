import { deriveNetwork, networkSchema, type Network, type NetworkInput } from "../../lib/spec/network";
import { settingsSchema, type Settings, type SettingsInput } from "../../lib/spec/settings";

type ZoneInput = SettingsInput["sites"][number]["zones"][number];

/** A checked network from what a person would write; for tests that are not about reading files. */
export function network(input: NetworkInput): Network {
  return deriveNetwork(networkSchema.parse(input));
}

/** One organisation with `peer0` × 2, and ordering nodes in an organisation of their own. */
export function smallNetwork(orderers = 3, change: Partial<NetworkInput> = {}): Network {
  return network({
    name: "small",
    organisations: [
      { name: "org1", peers: [{ name: "peer0" }] },
      { name: "ordering", orderers: { nodes: orderers } },
    ],
    channels: [{ name: "trade", members: ["org1"] }],
    ...change,
  });
}

/** Zones of a city: two full ones and a witness, unless said otherwise. */
export function city(
  zones: readonly ZoneInput[] = [{ name: "zone-a" }, { name: "zone-b" }, { name: "zone-c", witness: true }],
): Settings {
  return settingsSchema.parse({
    network: "network.yaml",
    sites: [{ name: "city", zones: [...zones], storage: { provisioner: "example.com/disks" } }],
  });
}
