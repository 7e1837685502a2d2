import { drbdResource } from "../../../lib/replication/drbd/resource";
import { ledger } from "./volumes";

/** A file with a mistake, and who must say what about it. */
export interface FileFault {
  readonly name: string;
  readonly text: string;
  /** Words of what our lint says; nothing where it is drbdadm's to say. */
  readonly ours?: { readonly line: number; readonly found: string };
  /** Words of what `drbdadm sh-nop` says; nothing where it takes the file. */
  readonly drbdadm?: RegExp;
}

const good = drbdResource(ledger);

/** A file with one line changed; fails where there is nothing to change. */
function changed(from: string | RegExp, to: string, text = good): string {
  const result = text.replace(from, to);
  if (result === text) throw new Error(`nothing to change: ${String(from)}`);
  return result;
}

const lineOf = (text: string, part: string): number => text.slice(0, text.indexOf(part)).split("\n").length;

const ours = (text: string, part: string, found: string) => ({ text, ours: { line: lineOf(text, part), found } });

const withoutLast = good.slice(0, good.lastIndexOf("  connection {")) + "}\n";
const al = changed("al-extents 1237", "al-extents 128K");
const seventeen = changed("quorum majority", "quorum 17");
const mebi = changed("c-max-rate 97656", "c-max-rate 100M");
const ahead = changed(
  /\s+before-resync-target.*\s+after-resync-target.*/,
  "",
  changed("ping-timeout 5;", "on-congestion pull-ahead;"),
);
const dns = changed("ipv4 10.0.2.10", "ipv4 city-b.example.com");
const old = `resource r {\n  syncer { rate 100M; }\n${good.split("\n").slice(1).join("\n")}`;
const ignored = changed("c-max-rate 97656;", "resync-rate 97656;");

/** Every row of both tables of faults: what drbdadm catches, and what nothing does. */
export const fileFaults: readonly FileFault[] = [
  {
    name: "an option that is misspelt",
    text: changed("c-plan-ahead", "c-plan-aheadd"),
    drbdadm: /but got 'c-plan-aheadd'/,
  },
  { name: "a node's id twice", text: changed("node-id 1", "node-id 0"), drbdadm: /conflicting use of node-id/ },
  { name: "an address twice", text: changed("10.0.2.10", "10.0.1.10"), drbdadm: /is used/ },
  {
    name: "a unit that DRBD does not have",
    ...ours(changed("c-max-rate 97656", "c-max-rate 100MB"), "c-max-rate", "the rate 100MB"),
    drbdadm: /not a number/,
  },
  {
    name: "a send buffer beyond the range",
    text: changed("sndbuf-size 10240K", "sndbuf-size 20M"),
    drbdadm: /too big/,
  },
  { name: "a name as address", ...ours(dns, "city-b.example.com", "city-b.example.com"), drbdadm: /TK_IPADDR/ },
  {
    name: "two rates for one connection",
    text: changed("al-extents 1237;", "al-extents 1237; c-max-rate 50M;"),
    drbdadm: /ambiguous inheritance for option "c-max-rate"/,
  },
  { name: "a section of DRBD 8", ...ours(old, "syncer", "a section syncer"), drbdadm: /syncer option keyword/ },
  { name: "a connection that is missing", ...ours(withoutLast, "resource", "no connection city-b – remote-c") },
  { name: "a count written as a size", ...ours(al, "al-extents", "al-extents 128K") },
  { name: "a quorum that is never reached", ...ours(seventeen, "quorum 17", "quorum 17 of 3 machines") },
  {
    name: "no quorum",
    ...ours(changed("quorum majority", "quorum off"), "quorum off", "no quorum over 3 machines"),
  },
  {
    name: "promotion without a decision",
    ...ours(changed("auto-promote no;", "auto-promote yes;"), "auto-promote", "auto-promote yes"),
  },
  { name: "MiB taken for MB", ...ours(mebi, "c-max-rate 100M", "100M, which is 104.9 MB/s") },
  { name: "a rate that is ignored", ...ours(ignored, "resync-rate", "counts only where c-plan-ahead is 0") },
  { name: "falling behind without a snapshot", ...ours(ahead, "on-congestion", "pull-ahead without a snapshot") },
  {
    name: "an asynchronous city",
    ...ours(changed("protocol C", "protocol A"), "protocol A", "protocol A"),
  },
];
