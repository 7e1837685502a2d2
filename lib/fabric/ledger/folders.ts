import { readdir } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { blockFiles } from "./block-files";

/** The ledger of one channel in a node's folder. */
export interface LedgerFolder {
  readonly channel: string;
  /** Where its block files are. */
  readonly blocks: string;
  /** Set for peers: what else they keep, of all their channels together. */
  readonly databases?: PeerDatabases;
}

/** Folders that a peer makes anew from its blocks where they are gone (Fabric `core/ledger/kvledger`, recovery at start). */
export interface PeerDatabases {
  /** State in LevelDB; undefined where it is removed, or kept in CouchDB. */
  readonly state?: string;
  readonly history?: string;
}

/**
 * The ledgers below a folder, which is a channel's block files themselves, the `peer.fileSystemPath` of a peer, the
 * `FileLedger.Location` of an ordering node, or a node's volume or snapshot with either below `production`.
 * @returns By the channels' names; none where there is no ledger.
 */
export async function ledgersBelow(folder: string): Promise<LedgerFolder[]> {
  if ((await blockFiles(folder)).length > 0) return [await ledgerItself(resolve(folder))];
  const peers = await Promise.all([folder, join(folder, "production")].map(peerLedgers));
  const orderers = await Promise.all(
    [folder, join(folder, "orderer"), join(folder, "production", "orderer")].map((root) =>
      channelsIn(join(root, "chains")),
    ),
  );
  return [...peers, ...orderers].flat().sort((a, b) => (a.channel < b.channel ? -1 : 1));
}

/** Block files say who wrote them only by the folders that they are in. */
async function ledgerItself(blocks: string): Promise<LedgerFolder> {
  const data = dirname(dirname(dirname(blocks)));
  const own = { channel: basename(blocks), blocks };
  return basename(data) === "ledgersData" ? { ...own, databases: await databasesIn(data) } : own;
}

async function peerLedgers(root: string): Promise<LedgerFolder[]> {
  const data = join(root, "ledgersData");
  const databases = await databasesIn(data);
  return (await channelsIn(join(data, "chains", "chains"))).map((found) => ({ ...found, databases }));
}

async function databasesIn(data: string): Promise<PeerDatabases> {
  const there = await subfolders(data);
  return {
    ...(there.includes("stateLeveldb") ? { state: join(data, "stateLeveldb") } : {}),
    ...(there.includes("historyLeveldb") ? { history: join(data, "historyLeveldb") } : {}),
  };
}

async function channelsIn(chains: string): Promise<LedgerFolder[]> {
  const found = (await subfolders(chains)).map((channel) => ({ channel, blocks: join(chains, channel) }));
  const filled = await Promise.all(found.map(async ({ blocks }) => (await blockFiles(blocks)).length > 0));
  return found.filter((_, index) => filled[index]);
}

async function subfolders(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw error;
  }
}
