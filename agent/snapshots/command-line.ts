import { Command, InvalidArgumentError } from "commander";
import type { Log } from "../log";
import type { ReceivedUnit, ReceiveOptions, ShipOptions } from "./options";

/** `agent ship` and `agent receive`: increments of a unit from one center's btrfs to another's. */
export function shippingCommands(log: Log): readonly Command[] {
  const ship = shared(new Command("ship"), "of this center, with the snapshots taken here")
    .description("take a snapshot of a unit at an interval and send each to another center, as the difference (btrfs)")
    .requiredOption("--unit <name>", "name of the unit, such as center-1", unitName)
    .requiredOption("--source <subvolume>", "the subvolume with all nodes of the unit, a folder for each")
    .requiredOption("--to <host:port>", "where `agent receive` of the other center listens", place)
    .option("--name <name>", "what its certificate is for, if not the host")
    .addHelpText("after", shipHelp)
    .action(async (options: ShipOptions) => (await import("./serve")).ship(options, log));
  const receive = shared(new Command("receive"), "of other centers, a folder for each unit")
    .description("receive the snapshots of other centers, verify each and keep the newest (btrfs)")
    .requiredOption("--unit <name=node,node…>", "a unit and the nodes that it must hold; again for more", unit, [])
    .requiredOption("--from <name>", "what the sender's certificate is for; again for more", list, [])
    .option("--listen <host:port>", "where to listen", place, { host: "0.0.0.0", port: 7444 })
    .addHelpText("after", receiveHelp)
    .action(async (options: ReceiveOptions) => (await import("./serve")).receive(options, log));
  return [ship, receive];
}

const shared = (command: Command, whose: string): Command =>
  command
    .requiredOption("--snapshots <folder>", `folder on btrfs ${whose}; catalogue.json in it says what is known of them`)
    .requiredOption("--cert <file>", "own TLS certificate, PEM")
    .requiredOption("--key <file>", "its key")
    .requiredOption("--ca <file>", "authorities of the other side's certificate")
    .option("--every <seconds>", "from one snapshot to the next", positive, 5)
    .option("--keep <seconds>", "how long each is kept; counted back from the newest verified one", positive, 3600);

const shipHelp = `
Nothing queues: after an outage the next snapshot carries all that is missing, from the last one that both sides have.
That one is never deleted, nor are the last three verified ones.

Example:
  $ agent ship --unit center-1 --source /data/center-1 --snapshots /data/snapshots --to receiver.center-3.example.com:7444 \\
      --cert tls/server.crt --key tls/server.key --ca tls/ca.crt`;

const receiveHelp = `
A snapshot counts once its stream has ended as the sender ended it, btrfs says that it is whole, and the new blocks of every
node follow from those of the one before. What was half received is deleted, also after a restart.

Example:
  $ agent receive --unit center-1=orderer-1,orderer-2 --snapshots /data/received --from ship.center-1.example.com \\
      --cert tls/server.crt --key tls/server.key --ca tls/ca.crt`;

/** As `namePattern` of transport.ts, without the number that comes behind it. */
const unitPattern = /^[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?$/;

function unitName(text: string): string {
  if (unitPattern.test(text)) return text;
  throw new InvalidArgumentError("Small letters, digits and dashes, 50 at most.");
}

function unit(text: string, before: readonly ReceivedUnit[]): readonly ReceivedUnit[] {
  const [, name = "", nodes = ""] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (nodes === "") throw new InvalidArgumentError("A unit, = and its nodes: center-1=orderer-1,orderer-2.");
  return [...before, { name: unitName(name), nodes: nodes.split(",") }];
}

const list = (text: string, before: readonly string[]): readonly string[] => [...before, text];

function place(text: string): { readonly host: string; readonly port: number } {
  const [, host = "", port = ""] = /^\[?([^\]]+?)\]?:([0-9]{1,5})$/.exec(text) ?? [];
  if (host === "" || Number(port) > 65_535) throw new InvalidArgumentError("A host and a port: 10.1.0.10:7444.");
  return { host, port: Number(port) };
}

function positive(text: string): number {
  const seconds = Number(text);
  if (!(seconds >= 1) || !Number.isSafeInteger(seconds)) throw new InvalidArgumentError("A whole number of seconds.");
  return seconds;
}
