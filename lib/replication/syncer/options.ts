import { bytesOf, kibPerSecond, kibibytes, megabytes } from "../units";

/** What an option of DRBD 8's syncer did, and what does it in DRBD 9. */
export interface SyncerOption {
  readonly long: string;
  readonly short: string;
  /** What it took, as its manual page says; nothing for one without a value. */
  readonly takes?: string;
  /** What it did, as `drbdsetup-8.3`'s manual page says. */
  readonly did: string;
  /** What stands for it now. */
  readonly now: (value: string) => Translation;
}

export interface Translation {
  /** How DRBD 8 read the value; where it refused it, why. */
  readonly read: string;
  /** Set where DRBD 8 refused it. */
  readonly refused?: true;
  /** What was wanted where people write such a value, and it is not what the option did. */
  readonly intended?: string;
  /** Lines for a section of a resource of DRBD 9. */
  readonly lines?: readonly { readonly section: Section; readonly line: string }[];
  /** Arguments of `drbdadm create-md`, and other things outside of the resource. */
  readonly beside?: readonly string[];
  /** What is otherwise than it was. */
  readonly note?: string;
}

export type Section = "disk of each connection" | "disk" | "net" | "options";

/** From `drbdsetup-8.3 help syncer` and its manual page. */
export const syncerOptions: readonly SyncerOption[] = [
  {
    long: "rate",
    short: "r",
    takes: "KiB a second, 1 to 4194304, or with K, M, G",
    did: "how fast a resync goes; replication itself was never slowed",
    now: rate,
  },
  {
    long: "after",
    short: "a",
    takes: "the minor of another device, -1 to 255",
    did: "resync this device after that one",
    now: (value) =>
      number(
        value,
        -1,
        255,
        (minor) => one("disk", `resync-after drbd${minor}`, "name the other resource"),
        granularity,
      ),
  },
  {
    long: "al-extents",
    short: "e",
    takes: "a count of extents of 4 MiB, 7 to 3833",
    did: "how many extents may be written to without a word to the disk",
    now: (value) =>
      number(value, 7, 3833, (count) =>
        one("disk", `al-extents ${Math.max(67, count)}`, "DRBD 9 takes 67 to 65534; 1237 is its own"),
      ),
  },
  text("verify-alg", "v", "compares both sides by this digest when asked to verify", "net"),
  text("cpu-mask", "c", "the processors that DRBD's threads run on", "options"),
  text("csums-alg", "C", "sends only blocks whose digest differs, in a resync", "net"),
  {
    long: "use-rle",
    short: "R",
    did: "packs the bitmap when machines exchange it",
    now: () => one("net", "use-rle yes", "it is on without being said"),
  },
  {
    long: "on-no-data-accessible",
    short: "n",
    takes: "io-error or suspend-io",
    did: "what a writer meets where no copy can be reached",
    now: (value) =>
      /^(io-error|suspend-io)$/.test(value)
        ? one("options", `on-no-data-accessible ${value}`)
        : refused(`${value} is neither io-error nor suspend-io`),
  },
  steering("c-plan-ahead", "p", "tenths of a second, 0 to 300", "how far a resync's controller looks ahead", 0, 300),
  {
    ...steering(
      "c-delay-target",
      "d",
      "tenths of a second, 1 to 100",
      "the delay that a resync's controller aims at",
      1,
      100,
    ),
    now: (value) =>
      number(value, 1, 100, (count) => one("disk of each connection", `c-delay-target ${count}`), smallest),
  },
  steering("c-fill-target", "s", "sectors, 0 to 1048576", "how much a resync keeps on the way", 0, 1048576),
  steering("c-max-rate", "M", "KiB a second, 250 to 4194304", "a resync's highest rate", 250, 4194304, 1024),
  steering(
    "c-min-rate",
    "m",
    "KiB a second, 0 to 4194304",
    "what a resync keeps while applications write",
    0,
    4194304,
    1024,
  ),
];

function rate(value: string): Translation {
  const bytes = bytesOf(value, 1024);
  if (bytes === undefined) return refused(`${value} is no number: K, M and G are its only letters, and binary`);
  // Whoever writes 100M counts as those do who sell lines, and promised 100 MB/s.
  const meant = /^[0-9]+M$/i.test(value) ? parseInt(value, 10) * 1e6 : bytes;
  const kib = kibPerSecond(meant);
  return {
    read: `${bytes / 1024} KiB/s, which is ${megabytes(bytes)}`,
    ...(meant === bytes ? {} : { intended: megabytes(meant) }),
    lines: [
      { section: "disk of each connection", line: "c-plan-ahead 20" },
      { section: "disk of each connection", line: `c-max-rate ${kib}` },
    ],
    beside: [`tc (htb or tbf) on the replication network, where ${megabytes(meant)} are meant for all traffic`],
    note: `or, without steering: c-plan-ahead 0 and resync-rate ${kib}; resync-rate counts only where c-plan-ahead is 0`,
  };
}

/** `-a 128K`: no minor has such a number, so a size was meant. */
function granularity(value: string): Translation | undefined {
  const bytes = sizeOf(value);
  if (bytes === undefined) return undefined;
  return {
    ...refused(`${value} is no minor`),
    intended: `a granularity of ${kibibytes(bytes)}`,
    beside: [
      `a thin pool with chunks of ${kibibytes(bytes)} below: lvcreate --chunksize ${bytes / 1024}k`,
      `or, where nothing smaller need be tracked and with drbd-utils from 9.33: drbdadm create-md --bitmap-block-size=${bytes / 1024}k: less memory, more to send again`,
    ],
    note: "not al-extents either, which is a count of extents of 4 MiB",
  };
}

/** `-d 4K`: no delay is as long, so a size was meant. */
function smallest(value: string): Translation | undefined {
  const bytes = sizeOf(value);
  if (bytes === undefined) return undefined;
  return {
    ...refused(`${value} is ${bytes / 10} s, and 10 s is the most`),
    intended: `pieces of ${kibibytes(bytes)}`,
    ...(bytes === 4096
      ? { note: "nothing to write: one bit of DRBD's bitmap stands for 4 KiB unless create-md is told otherwise" }
      : { beside: [`drbdadm create-md --bitmap-block-size=${bytes / 1024}k, with drbd-utils from 9.33`] }),
  };
}

const sizeOf = (value: string): number | undefined => (/[km]$/i.test(value) ? bytesOf(value, 1) : undefined);

function number(
  value: string,
  least: number,
  most: number,
  now: (count: number) => Translation,
  otherwise?: (value: string) => Translation | undefined,
  unit = 1,
): Translation {
  const count = /^-1$/.test(value) ? -1 : (bytesOf(value, unit) ?? NaN) / unit;
  if (Number.isFinite(count) && count >= least && count <= most) return { ...now(count), read: String(count) };
  return otherwise?.(value) ?? refused(`${value} is not a number from ${least} to ${most}`);
}

function steering(
  long: string,
  short: string,
  takes: string,
  did: string,
  least: number,
  most: number,
  unit = 1,
): SyncerOption {
  const now = (count: number) =>
    one("disk of each connection", `${long} ${Math.floor(count)}${long === "c-fill-target" ? "s" : ""}`);
  return { long, short, takes, did, now: (value) => number(value, least, most, now, undefined, unit) };
}

function text(long: string, short: string, did: string, section: Section): SyncerOption {
  const now = (value: string): Translation => ({ ...one(section, `${long} ${value}`), read: value });
  return { long, short, takes: "a word", did, now };
}

function one(section: Section, line: string, note?: string): Translation {
  return { read: "as it stands", lines: [{ section, line }], ...(note === undefined ? {} : { note }) };
}

const refused = (read: string): Translation => ({ read, refused: true });
