import type { Finding, Path } from "../spec/problem";
import type { Link } from "./model";
import { ranges } from "./tuning";
import { kibPerSecond, megabytes } from "./units";

/** What a link may be asked to carry, and what it must not be asked for. */
export function linkFindings(link: Link, path: Path, center: "city" | "remote"): Finding[] {
  const { protocol, roundTrip, resyncRate } = link;
  const wanted = center === "city" ? "C" : "A";
  const rate = kibPerSecond(resyncRate);
  const { least, most } = ranges["c-max-rate"];
  const tell = (key: string, found: string, allowed: string, fix: string): Finding => {
    return { document: "replication", path: [...path, key], found, allowed, fix };
  };
  const findings: Finding[] = [];
  if (protocol !== wanted) {
    findings.push(
      tell(
        "protocol",
        protocol,
        center === "city"
          ? "C: a write that only one center of the city has is lost with it"
          : "A: with C every write would wait for the remote center",
        `write ${wanted}`,
      ),
    );
  }
  if (!(Number.isFinite(roundTrip) && roundTrip > 0 && roundTrip <= 6000)) {
    findings.push(
      tell(
        "roundTrip",
        String(roundTrip),
        "milliseconds up to 6000: DRBD looks ahead 30 s at most",
        "measure it with ping",
      ),
    );
  }
  if (!(rate >= least && rate <= most)) {
    findings.push(
      tell(
        "resyncRate",
        Number.isFinite(resyncRate) ? megabytes(resyncRate) : String(resyncRate),
        `${megabytes(least * 1024)} to ${megabytes(most * 1024)}`,
        "write bytes a second: 100000000 for 100 MB/s",
      ),
    );
  }
  return findings;
}
