/** Rules of a node, loaded into the kernel where that node's packets pass: in its network namespace. */
import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import * as path from "node:path";

/** Where `ip netns` keeps network namespaces by name. */
const netnsFolder = "/run/netns";
const timeoutMilliseconds = 10_000;

/** A node and the network namespace that it is. */
export interface NodeNetwork {
  /** The node's name in the cluster. */
  readonly name: string;
  /** A name that `ip netns` knows, or the path of the namespace's file. */
  readonly netns: string;
}

const fileOf = ({ netns }: NodeNetwork): string => path.resolve(netnsFolder, netns);

/** What tells a node's namespace from one that is made later under its name; undefined where there is none. */
export async function identityOf(node: NodeNetwork): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(fileOf(node));
    return `${dev}:${ino}`;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw thrown;
  }
}

/** Loads rules in one transaction: all of them, or none. Errors: the node is not there, or what nft says of the rules. */
export async function load(node: NodeNetwork, rules: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const nft = execFile(
      "nsenter",
      [`--net=${fileOf(node)}`, "nft", "-f", "-"],
      { timeout: timeoutMilliseconds },
      (failure, _, words) => {
        if (failure) reject(new Error(words.trim().split("\n")[0] || failure.message));
        else resolve();
      },
    );
    // It may end before it has read everything; its words say why.
    nft.stdin?.on("error", () => undefined);
    nft.stdin?.end(rules);
  });
}
