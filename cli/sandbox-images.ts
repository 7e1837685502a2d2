import { existsSync } from "node:fs";
import { join } from "node:path";
import { gatewayVersions, imageReference } from "../lib/fabric/images";
import type { Network } from "../lib/spec/network";
import type { ImageArchive } from "../sandbox/images/image";
import type { WantedImage } from "../sandbox/images/prepare";
import { normalReference } from "../sandbox/images/reference";
import { requireRealNodes } from "../sandbox/nodes/tools";
import type { Progress } from "../sandbox/toolchain";
import { CommandError } from "./errors";

/** The example chaincodes of this checkout, whose images are named after their folders. */
const chaincodes = join(__dirname, "..", "examples", "chaincode");
const ownChaincode = /^(?:docker\.io\/)?fabric-topologies\/([a-z0-9-]+):[^@]+$/;

/** The programs of which one is the gateway of every site, where there are several. */
type Gateway = keyof typeof gatewayVersions;

/**
 * The images that a network's pods name and the sandbox can make; the rest is pulled from where it is named.
 * @param gateway The program of the gateways; undefined where all is in one cluster.
 */
export function imagesOf({ fabric, organisations, chaincodes: named }: Network, gateway?: Gateway): WantedImage[] {
  const groups = organisations.flatMap(({ peers }) => peers);
  const reference = (role: Parameters<typeof imageReference>[0]) => imageReference(role, fabric);
  return [
    { kind: "ca", version: fabric.caVersion, reference: reference("ca") },
    { kind: "agent", reference: reference("agent") },
    { kind: "orderer", version: fabric.version, reference: reference("orderer") },
    ...(groups.length > 0 ? [{ kind: "peer" as const, version: fabric.version, reference: reference("peer") }] : []),
    ...(groups.some(({ stateDatabase }) => stateDatabase === "couchdb")
      ? [{ kind: "couchdb" as const, reference: reference("couchdb") }]
      : []),
    ...(gateway === undefined
      ? []
      : [{ kind: gateway, version: gatewayVersions[gateway], reference: reference(gateway) }]),
    ...named.flatMap(({ image }) => chaincodeOfCheckout(image) ?? []),
  ];
}

/** Whether a chaincode is one of this checkout's examples, whose functions are known. */
export const isOwnChaincode = (image: string): boolean => chaincodeOfCheckout(image) !== undefined;

function chaincodeOfCheckout(reference: string): WantedImage | undefined {
  const name = ownChaincode.exec(reference)?.[1];
  const folder = name === undefined ? undefined : join(chaincodes, name);
  return folder !== undefined && existsSync(folder) ? { kind: "chaincode", reference, folder } : undefined;
}

/** What real nodes run. */
export interface SandboxImages {
  readonly archives: readonly ImageArchive[];
  /** Why there is no CouchDB, and what to do; undefined where there is one, or nobody asks for it. */
  readonly withoutCouchdb?: string;
}

/**
 * Archives of a network's images for real nodes, made of programs of this machine. CouchDB alone may be missing: peers can
 * do without.
 * @throws SandboxError where this machine cannot have real nodes; CommandError that names every image that cannot be made,
 * each with why and what to do.
 */
export async function sandboxImages(
  network: Network,
  progress: (event: Progress) => void,
  gateway?: Gateway,
): Promise<SandboxImages> {
  requireRealNodes();
  // Only here: it brings a bundler along.
  const { prepareImages } = await import("../sandbox/images/prepare");
  const wanted = imagesOf(network, gateway);
  const { archives, missing } = await prepareImages(wanted, { progress });
  const couchdb = imageReference("couchdb", network.fabric);
  const isCouchdb = ({ reference }: { readonly reference: string }) => reference === normalReference(couchdb);
  const needed = missing.filter((image) => !isCouchdb(image));
  if (needed.length > 0) {
    throw new CommandError(
      `real nodes cannot run ${network.name} yet:\n${needed.map(({ reference, reason }) => `  ${reference}: ${reason}`).join("\n")}`,
      [...new Set(needed.map(({ fix }) => fix))].join("\n  "),
    );
  }
  const without = missing.find(isCouchdb);
  return { archives, ...(without === undefined ? {} : { withoutCouchdb: `${without.reason}; ${without.fix}` }) };
}
