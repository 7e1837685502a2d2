import { Command, InvalidArgumentError } from "commander";
import { relationTo } from "../../lib/recovery/continuity/survivors";
import { type ContinuityVerdict, type Heard, judgeContinuity } from "../../lib/recovery/continuity/verdict";
import { verdictLines } from "../../lib/recovery/continuity/words";
import { palette, say } from "../terminal";
import { ledgerFolder, stateOf, walkedLedger } from "./folders";

interface VerifyOptions {
  readonly channel?: string;
  readonly heard: readonly Heard[];
  readonly against: readonly string[];
  readonly stateRemoved?: boolean;
  readonly json?: boolean;
}

/** `fabric-topologies ledger`: what can be said of ledgers on a disk. */
export function ledgerCommand(): Command {
  return new Command("ledger")
    .summary("look at a node's ledger on a disk, without the node")
    .description("Look at a node's ledger on a disk, or at a copy of it, without the node.")
    .addHelpText("after", "\nExample:\n  $ fabric-topologies ledger verify /mnt/snapshot/production --heard 393=9f2c…")
    .addCommand(verifyCommand());
}

function verifyCommand(): Command {
  return new Command("verify")
    .summary("check that a ledger is whole, and the chain that others know")
    .description("Check that a ledger is whole, and the chain that others know, before a node opens it.")
    .argument("<folder>", "a node's volume, its production folder, or a channel's folder with the block files")
    .option("--channel <name>", "only this channel's ledger")
    .option("--heard <height=hash>", "what a node told of its chain while it lived; again for more", heard, [])
    .option("--against <folder>", "a ledger that survived, in the same forms; again for more", also, [])
    .option(
      "--state-removed",
      "judge as if the peer's state and history databases were removed, so that it makes them anew",
    )
    .option("--json", "the verdicts as a JSON array")
    .addHelpText(
      "after",
      `
Every block is read: numbers and hashes without a gap, transactions as their header says. Hashes are hexadecimal, or
as "peer channel getinfo" tells them. The files are not changed. Of a node that runs, take a snapshot before.

Exit code: 0 where everything may be opened, 3 where a ledger is damaged or another chain, 4 where something is not
proven yet, such as a peer's state, 1 for an error.

Examples:
  $ fabric-topologies ledger verify /mnt/snapshot/production
  $ fabric-topologies ledger verify /mnt/clone --channel main --against /var/hyperledger --json`,
    )
    .action(async (folder: string, options: VerifyOptions) => {
      const verdicts = await verdictsOn(folder, options);
      if (options.json) say(JSON.stringify(verdicts, undefined, 2));
      else verdicts.forEach((verdict) => tell(verdict));
      process.exitCode = exitCode(verdicts);
    });
}

async function verdictsOn(folder: string, options: VerifyOptions): Promise<ContinuityVerdict[]> {
  const verdicts: ContinuityVerdict[] = [];
  for (const ledger of await ledgerFolder(folder, options.channel)) {
    const chain = await walkedLedger(ledger);
    const survivors = [];
    for (const other of options.against) {
      const [found] = await ledgerFolder(other, options.channel ?? ledger.channel);
      if (found === undefined) continue;
      survivors.push(await relationTo(chain, { name: other, ...(await walkedLedger(found)) }));
    }
    const state = options.stateRemoved ? ({ kind: "rebuilt" } as const) : await stateOf(ledger);
    verdicts.push(judgeContinuity({ name: ledger.channel, chain, heard: options.heard, survivors, state }));
  }
  return verdicts;
}

function tell(verdict: ContinuityVerdict): void {
  const colours = palette(process.stdout);
  const [headline = "", ...rest] = verdictLines(verdict);
  say(verdict.outcome === "continuous" ? colours.good(headline) : colours.bad(headline));
  for (const line of rest) say(`    ${line}`);
}

function exitCode(verdicts: readonly ContinuityVerdict[]): number {
  if (verdicts.some(({ outcome }) => outcome === "damaged" || outcome === "forked")) return 3;
  return verdicts.some(({ outcome }) => outcome === "unproven") ? 4 : 0;
}

function heard(text: string, before: readonly Heard[]): readonly Heard[] {
  const [, height = "", told = ""] = /^([1-9][0-9]*)=(.+)$/.exec(text) ?? [];
  const hash = /^[0-9a-fA-F]{64}$/.test(told) ? told.toLowerCase() : Buffer.from(told, "base64").toString("hex");
  if (hash.length !== 64) {
    throw new InvalidArgumentError(
      "A height, = and the hash there: 64 hexadecimal digits, or 44 characters of base64.",
    );
  }
  return [...before, { height: Number(height), hash }];
}

const also = (text: string, before: readonly string[]): readonly string[] => [...before, text];
