/**
 * What a Fabric version means for the files we generate. An ordering node refuses to start on a key that it does not
 * know (Fabric `common/viperutil`), so every difference between versions is asked for here and nowhere else.
 */

/** The two lines of Fabric that can be run: the long-term support line 2.5, and 3.x. */
export type FabricLine = "2.5" | "3.x";

/** A version of peer and orderer, such as 3.1.5. Made by {@link parseFabricVersion}. */
export interface FabricVersion {
  /** As people write it and as image tags have it, without a leading v. */
  readonly text: string;
  readonly line: FabricLine;
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/** The versions that can be run, as network files name them. */
export const fabricVersionForm = /^(2\.5|3\.\d+)\.\d+$/;

/**
 * Reads `2.5.x` or `3.x.y`; a leading `v`, as in `orderer version`, is allowed.
 * @throws RangeError for anything else. Network files are checked before (lib/spec), so this is a programming error.
 */
export function parseFabricVersion(text: string): FabricVersion {
  const match = /^v?(2\.5|3\.\d+)\.(\d+)$/.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new RangeError(`Fabric version "${text}" is neither 2.5.x nor 3.x.y`);
  }
  const [major, minor] = match[1].split(".").map(Number) as [number, number];
  return {
    text: text.replace(/^v/, ""),
    line: major === 2 ? "2.5" : "3.x",
    major,
    minor,
    patch: Number(match[2]),
  };
}

/** Below zero if `a` is older than `b`, zero if they are the same, above zero if `a` is newer. */
export function compareFabricVersions(a: FabricVersion, b: FabricVersion): number {
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch;
}

/** Whether `version` is `oldest` (such as "3.1.0") or newer. */
export function isAtLeast(version: FabricVersion, oldest: string): boolean {
  return compareFabricVersions(version, parseFabricVersion(oldest)) >= 0;
}

/** What differs between versions, as far as files, channels and environments depend on it. */
export interface FabricTraits {
  /** The channel capability to ask for in new channels. V3_0 wants orderer endpoints per organisation. */
  readonly channelCapability: "V2_0" | "V3_0";
  /** SmartBFT ordering, and the peer's delivery settings for it. */
  readonly byzantineOrdering: boolean;
  /** Blocks for which a peer keeps private data that was never committed. */
  readonly transientBlockRetention: number;
  /** Filters before endorsement, in order. */
  readonly authFilters: readonly string[];
  /** `chaincode.runtimeParams`: state reads and writes in batches. */
  readonly chaincodeBatches: boolean;
  /** `General.Backoff`, `General.Throttling` and `General.Cluster.ReplicationPolicy` of orderer.yaml. */
  readonly ordererBackoff: boolean;
}

/** The traits of a version (Fabric `sampleconfig/`, `orderer/common/localconfig`, `cmd/peer`, from 2.5.0 to 3.1.5). */
export function traitsOf(version: FabricVersion): FabricTraits {
  const three = version.line === "3.x";
  return {
    channelCapability: three ? "V3_0" : "V2_0",
    byzantineOrdering: three,
    transientBlockRetention: three ? 20_000 : 1_000,
    authFilters: ["DefaultAuth", "ExpirationCheck", ...(three ? ["TimeWindowCheck"] : [])],
    chaincodeBatches: isAtLeast(version, "3.1.0"),
    ordererBackoff: three,
  };
}
