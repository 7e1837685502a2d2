import { blocksIn } from "./ledger";
import type { Entry, FailoverRecord, Phase } from "./record";
import { runbook } from "./runbook";
import { takenOver, type View } from "./view";

/** A condition of the `Failover` object. */
export interface FailoverCondition {
  readonly type: "Heard" | "Fenced" | "ReadsOpen" | "WritesOpen" | "PersonNeeded" | "OldPrimaryReturned";
  readonly status: "True" | "False";
  readonly reason: string;
  readonly message: string;
}

/** In which states a person is waited for. */
const waitsForPeople: readonly Phase[] = ["ReadOnlyOpen", "LossStated", "Failback", "Stuck"];

/** What an operator is told; `runbook` says what to do about it. */
export function conditionsOf(record: FailoverRecord, view: View): FailoverCondition[] {
  const say = (type: FailoverCondition["type"], is: boolean, message: string): FailoverCondition => ({
    type,
    status: is ? "True" : "False",
    reason: record.phase,
    message,
  });
  const serves = "served" in record && record.phase !== "Promote";
  const person = waitsForPeople.includes(record.phase) || (record.phase === "Fencing" && takenOver(record));
  const back = takenOver(record) ? view.returned : [];
  return [
    say("Heard", record.phase === "Protected" && view.misses === 0, `${view.misses} heartbeats missing in a row`),
    say("Fenced", "tried" in record || "served" in record, fencedText(record)),
    say("ReadsOpen", serves, serves ? "reads are answered at the target" : "the target answers nobody"),
    say(
      "WritesOpen",
      record.phase === "ReadWrite",
      record.phase === "ReadWrite" ? "at the target" : "not at the target",
    ),
    say("PersonNeeded", person, person ? runbook[record.phase].means : "nobody is waited for"),
    say("OldPrimaryReturned", back.length > 0, back.length > 0 ? `${back.join(", ")}, demoted` : "no"),
  ];
}

function fencedText(record: FailoverRecord): string {
  if (!("fenced" in record)) return "nothing is fenced";
  return Object.entries(record.fenced)
    .map(([center, evidence]) => `${center}: ${evidence}`)
    .join(", ");
}

/** What a failover took, in milliseconds since the last sign of life or of a phase; absent what has not happened. */
export interface Measurements {
  readonly detection?: number;
  readonly fencing?: number;
  readonly verification?: number;
  readonly readOpen?: number;
  readonly approval?: number;
  readonly promotion?: number;
  readonly replay?: number;
  readonly rtoRead?: number;
  readonly rtoWrite?: number;
  readonly rpoBlocks?: number;
  readonly rpoSeconds?: number;
  readonly snapshot?: string;
  readonly fallbacks?: number;
}

/** What the time line says that the present failover took; the RPO is what is known to be lost, so far. */
export function measurementsOf(record: FailoverRecord): Measurements {
  const { timeline, lastSign } = record;
  const begin = timeline.findLastIndex(({ phase }) => phase === "Suspect");
  if (begin < 0) return {};
  const lines = timeline.slice(begin);
  const at = (phase: Phase): number | undefined => lines.find((line) => line.phase === phase)?.at;
  const restored = at("Replay") ?? at("ReadWrite");
  const spans = {
    detection: span(lastSign, at("Fencing")),
    fencing: span(at("Fencing"), at("SelectSnapshot")),
    verification: span(at("SelectSnapshot"), at("Promote")),
    readOpen: span(at("Promote"), at("ReadOnlyOpen")),
    approval: span(at("ReadOnlyOpen"), at("Restore")),
    promotion: span(at("Restore"), restored),
    replay: span(restored, at("ReadWrite")),
    rtoRead: span(lastSign, at("ReadOnlyOpen")),
    rtoWrite: span(lastSign, at("ReadWrite")),
  };
  const known = Object.fromEntries(Object.entries(spans).filter(([, value]) => value !== undefined));
  return { ...known, ...lossOf(record) };
}

const span = (from: Entry["at"] | undefined, to: Entry["at"] | undefined): number | undefined =>
  from === undefined || to === undefined ? undefined : Math.max(0, to - from);

function lossOf(record: FailoverRecord): Measurements {
  if (!("served" in record)) return {};
  const blocks = blocksIn(record.lost) + (record.phase === "ReadWrite" ? blocksIn(record.loss) : 0);
  // What standby peers served was there until the last sign; without them, until the snapshot.
  const seconds = blocks === 0 ? 0 : Math.max(0, record.lastSign - record.candidate.takenAt) / 1000;
  return { rpoBlocks: blocks, rpoSeconds: seconds, snapshot: record.candidate.name, fallbacks: record.tried.length };
}
