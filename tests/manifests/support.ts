import { objectKey, type KubeObject, type SiteManifests } from "../../lib/constructs/manifests";
import type { NetworkInput } from "../../lib/spec/network";
import type { SettingsInput } from "../../lib/spec/settings";
import dualActive from "../../topologies/dual-active";
import { city, network } from "../support/models";

/** Three banks on two channels, the one in the middle with CouchDB, and five ordering nodes. */
export const consortium: NetworkInput = {
  name: "trade",
  organisations: [
    { name: "bank-a", peers: [{ name: "peer0" }] },
    { name: "bank-b", peers: [{ name: "peer0", stateDatabase: "couchdb" }] },
    { name: "bank-c", peers: [{ name: "peer0" }] },
    { name: "ordering", orderers: { nodes: 5 } },
  ],
  channels: [
    { name: "ab", members: ["bank-a", "bank-b"] },
    { name: "bc", members: ["bank-b", "bank-c"] },
  ],
};

/** The same with another certificate authority in bank-a. */
export function withAuthority(ca: NonNullable<NetworkInput["organisations"][number]["ca"]>): NetworkInput {
  const changed = structuredClone(consortium);
  changed.organisations[0]!.ca = ca;
  return changed;
}

/** The manifests of a network in one city; it must be one that survives. */
export function synthesise(
  input: NetworkInput = consortium,
  zones?: SettingsInput["sites"][number]["zones"],
): SiteManifests {
  const model = network(input);
  const settings = zones === undefined ? city() : city(zones);
  expect(dualActive.check(model, settings)).toEqual([]);
  return dualActive.synthesise(dualActive.place(model, settings), settings)[0]!;
}

/** One object by its key, such as `Service/trade-bank-a/peer-svc`. */
export function find(manifests: SiteManifests, key: string): KubeObject {
  const object = manifests.objects.find((one) => objectKey(one) === key);
  if (object === undefined) throw new Error(`no ${key} among ${manifests.objects.map(objectKey).join(", ")}`);
  return object;
}

/** All objects of a kind. */
export function ofKind(manifests: SiteManifests, kind: string): KubeObject[] {
  return manifests.objects.filter((object) => object.kind === kind);
}

/** The value at a path such as `spec.template.spec.containers.0.image`; throws where there is none. */
export function at(value: unknown, path: string): unknown {
  return path.split(".").reduce((inner, step) => {
    if (typeof inner !== "object" || inner === null || !(step in inner))
      throw new Error(`nothing at ${step} of ${path}`);
    return (inner as Record<string, unknown>)[step];
  }, value);
}

/**
 * The keys of the objects that differ between two syntheses: changed, added or gone. A Job's name ends with the digest of
 * what it does: one that does something else is told as `<digest>`, once.
 */
export function changedKeys(before: SiteManifests, after: SiteManifests): string[] {
  const text = (manifests: SiteManifests) =>
    new Map(manifests.objects.map((object) => [objectKey(object), JSON.stringify(object)]));
  const [old, now] = [text(before), text(after)];
  const keys = [...new Set([...old.keys(), ...now.keys()])].filter((key) => old.get(key) !== now.get(key));
  return [...new Set(keys.map((key) => key.replace(/^(Job\/.*-)[0-9a-f]{8}$/, "$1<digest>")))].sort();
}
