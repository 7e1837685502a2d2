import type { NetworkInput } from "../../lib/spec/network";
import { settingsSchema, type Settings, type SettingsInput } from "../../lib/spec/settings";
import { network } from "./models";

type SiteInput = SettingsInput["sites"][number];

/** A site among three centers, with a zone and a gateway of its own. */
export const centerSite = (name: string, center?: SiteInput["center"], change: Partial<SiteInput> = {}): SiteInput => ({
  name,
  ...(center === undefined ? {} : { center }),
  zones: [{ name: `${name}-a` }],
  gateway: { addresses: [`${name}.example.net`] },
  ...change,
});

/** Two centers of a city, a remote one and a witness, unless said otherwise. */
export function threeCenters(change: Partial<SettingsInput> = {}): Settings {
  return settingsSchema.parse({
    topology: "three-center",
    network: "network.yaml",
    federation: { engine: "direct" },
    sites: [
      centerSite("center-1", "city"),
      centerSite("center-2", "city"),
      centerSite("center-3", "remote"),
      centerSite("witness", "witness"),
    ],
    recovery: { approvers: ["ada"] },
    ...change,
  });
}

/** A bank with two peers, and five ordering nodes of somebody else. */
export const smallBank = (change: Partial<NetworkInput> = {}) =>
  network({
    name: "trade",
    organisations: [
      { name: "amber", peers: [{ name: "peer0" }] },
      { name: "clearing", orderers: { nodes: 5 } },
    ],
    channels: [{ name: "settlement", members: ["amber"] }],
    ...change,
  });
