import { compareFabricVersions, type FabricVersion, parseFabricVersion } from "../../lib/fabric/version";
import { builderBeside, installedFabric, lookedIn as places } from "../../sandbox/fabric/installed";

/** A Fabric program on this machine. */
export interface Installation {
  readonly program: string;
  readonly version: FabricVersion;
}

/** Where {@link installations} looks, in words for whoever wonders why tests were skipped. */
export const lookedIn = places();

/**
 * The copies of a program in `$FABRIC_BIN` and in the tool cache, one per version, the newest first. A copy that cannot
 * say its version makes this throw: it was put there to be tested.
 */
export function installations(program: "orderer" | "peer", env = process.env): readonly Installation[] {
  const found = new Map<string, Installation>();
  for (const { program: path, version: said } of installedFabric(program, env)) {
    const version = parseFabricVersion(said);
    if (!found.has(version.text)) found.set(version.text, { program: path, version });
  }
  return [...found.values()].sort((a, b) => compareFabricVersions(b.version, a.version));
}

/** The folder of the stock builder for chaincode as a service that came with a release, or undefined where none did. */
export function stockChaincodeBuilder(version: FabricVersion): string | undefined {
  const peers = installations("peer").filter((peer) => peer.version.text === version.text);
  return peers.map(({ program }) => builderBeside(program)).find((builder) => builder !== undefined);
}
