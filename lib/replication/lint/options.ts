import type { Fault, Part, Promise } from "./fault";
import { optionIn, optionsIn, sectionsIn, type Statement, type Word } from "./parse";
import { ranges } from "../tuning";
import { bytesOf, kibPerSecond, megabytes } from "../units";

/** Options that are not about connections between machines: quorum, activity log, and rates wherever they stand. */
export function optionFaults(part: Part, promise: Promise): Fault[] {
  const disk = optionsIn(part.own, "disk");
  const inConnections = [...sectionsIn(part.own, "connection"), ...sectionsIn(part.own, "connection-mesh")];
  return [
    ...(part.name === "common" ? [] : quorumFaults(part)),
    ...activityLogFaults(part, disk),
    ...rateFaults(part.name, disk, promise),
    ...inConnections.flatMap(({ inner = [] }) => rateFaults(part.name, optionsIn(inner, "disk"), promise)),
  ];
}

function quorumFaults({ name, own, whole }: Part): Fault[] {
  const machines = sectionsIn(own, "on").length;
  const options = optionsIn(whole, "options");
  const at = sectionsIn(own, "options")[0]?.line ?? sectionsIn(own, "on")[0]?.line ?? 1;
  const quorum = optionIn(options, "quorum") ?? { text: "off", line: at };
  const faults: Fault[] = [];
  const path = [name, "options"];
  const majority = Math.floor(machines / 2) + 1;
  const count = Number(quorum.text);
  if (quorum.text === "off" && machines > 2) {
    faults.push({
      ...{ line: quorum.line, path: [...path, "quorum"], found: `no quorum over ${machines} machines` },
      allowed: "majority: otherwise two machines that cannot hear one another may both write",
      fix: "write quorum majority",
    });
  } else if (Number.isInteger(count) && (count > machines || count < majority)) {
    faults.push({
      ...{ line: quorum.line, path: [...path, "quorum"], found: `quorum ${count} of ${machines} machines` },
      allowed: `majority, or ${majority} to ${machines}: ${count > machines ? "more than there are is never reached" : "fewer can be reached on both sides of a cut"}`,
      fix: "write quorum majority",
    });
  }
  if (quorum.text !== "off" && optionIn(options, "on-no-quorum")?.text !== "suspend-io") {
    const found = optionIn(options, "on-no-quorum");
    faults.push({
      ...{ line: found?.line ?? quorum.line, path: [...path, "on-no-quorum"] },
      found: found === undefined ? "nothing of what happens without a quorum" : `on-no-quorum ${found.text}`,
      allowed:
        "suspend-io: an ordering node that meets an error stops and may leave a torn log, one that waits does not",
      fix: "write on-no-quorum suspend-io",
    });
  }
  const promote = optionIn(options, "auto-promote");
  if (promote?.text !== "no") {
    faults.push({
      ...{ line: promote?.line ?? quorum.line, path: [...path, "auto-promote"] },
      found: promote === undefined ? "no auto-promote, which means yes" : `auto-promote ${promote.text}`,
      allowed: "no: whoever opens the device would become primary without anybody's decision",
      fix: "write auto-promote no",
    });
  }
  return faults;
}

function activityLogFaults({ name }: Part, disk: readonly Statement[]): Fault[] {
  const found = optionIn(disk, "al-extents");
  const { least, most } = ranges["al-extents"];
  const count = Number(found?.text);
  if (found === undefined || (/^[0-9]+$/.test(found.text) && count >= least && count <= most)) return [];
  return [
    {
      ...{ line: found.line, path: [name, "disk", "al-extents"], found: `al-extents ${found.text}` },
      allowed: `a count from ${least} to ${most} of extents of 4 MiB each, not a size`,
      fix: "write al-extents 1237; a granularity of 128K is of the bitmap (drbdadm create-md --bitmap-block-size) or of the thin pool's chunk",
    },
  ];
}

/** Rates of a resync, and what people think that they are. */
function rateFaults(name: string, disk: readonly Statement[], promise: Promise): Fault[] {
  const planAhead = optionIn(disk, "c-plan-ahead");
  const steered = planAhead === undefined || Number(planAhead.text) !== 0;
  const fixed = optionIn(disk, "resync-rate");
  const most = optionIn(disk, "c-max-rate");
  const path = [name, "disk"];
  const faults: Fault[] = [];
  if (fixed !== undefined && steered) {
    faults.push({
      ...{ line: fixed.line, path: [...path, "resync-rate"] },
      found: `resync-rate ${fixed.text}, which counts only where c-plan-ahead is 0`,
      allowed: "c-max-rate, or c-plan-ahead 0 beside it",
      fix: `write c-max-rate ${fixed.text} in its place`,
    });
  }
  if (most !== undefined && !steered) {
    faults.push({
      ...{ line: most.line, path: [...path, "c-max-rate"] },
      found: `c-max-rate ${most.text}, which counts only where c-plan-ahead is above 0`,
      allowed: "resync-rate, or c-plan-ahead of 20 and more beside it",
      fix: "write c-plan-ahead 20",
    });
  }
  return [...faults, ...[fixed, most].flatMap((rate) => promisedFaults(rate, path, promise))];
}

function promisedFaults(rate: Word | undefined, path: readonly string[], { resyncRate }: Promise): Fault[] {
  if (rate === undefined) return [];
  const bytes = bytesOf(rate.text, 1024);
  if (bytes === undefined) {
    return [
      {
        ...{ line: rate.line, path, found: `the rate ${rate.text}` },
        allowed: "a whole number of KiB/s, or one with K, M or G, which are binary: 100M is 104.9 MB/s",
        fix: "write 97656 for 100 MB/s",
      },
    ];
  }
  if (bytes < ranges["c-max-rate"].least * 1024) {
    return [
      {
        ...{ line: rate.line, path, found: `the rate ${rate.text}, which is ${megabytes(bytes)}` },
        allowed: `${ranges["c-max-rate"].least} KiB/s and more; without a letter it is KiB/s`,
        fix: "write 97656 for 100 MB/s",
      },
    ];
  }
  if (resyncRate === undefined || bytes <= resyncRate) return [];
  return [
    {
      ...{ line: rate.line, path, found: `${rate.text}, which is ${megabytes(bytes)}: M is 1,048,576 bytes here` },
      allowed: `at most ${megabytes(resyncRate)}, as promised`,
      fix: `write ${kibPerSecond(resyncRate)}, in KiB/s`,
    },
  ];
}
