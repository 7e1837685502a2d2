import { describeService, type Service } from "../../placement/service";
import { identityFindings } from "./identities";
import type { Comparison, DrillReport, Gap, LedgerObservation, LoadObservation } from "./drill";

/** Seconds since the drill's beginning. */
type Interval = readonly [from: number, to: number];

/**
 * Whether a service went on while the thing was broken, as far as the loads saw it. Ordering: somebody committed
 * something. Endorsement: somebody did on that channel. Gateway: a client of that organisation did.
 *
 * @param broken When it was broken, in seconds since the drill's beginning. The first `grace` seconds count for nothing:
 * a leader may be elected in them.
 * @returns undefined where no load says anything about the service, or nothing is left after the grace
 */
export function observe(
  service: Service,
  loads: readonly LoadObservation[],
  broken: Interval,
  grace: number,
): Comparison["observed"] {
  const telling = loads.filter((load) => {
    switch (service.kind) {
      case "ordering":
        return true;
      case "endorsement":
        return load.channel === service.channel;
      case "gateway":
        return load.organisation === service.organisation;
      case "enrolment":
      case "reads":
        return false;
    }
  });
  const [from, to] = [Math.ceil(broken[0] + grace), Math.floor(broken[1])];
  if (telling.length === 0 || to <= from) return undefined;
  const committed = telling
    .flatMap(({ perSecond }) => perSecond.slice(from, to))
    .reduce((total, count) => total + count, 0);
  return {
    goesOn: committed > 0,
    evidence: `${committed} transactions committed in the ${to - from} s after the first ${grace} s`,
  };
}

/** What was not as promised, in sentences. */
export function findingsOf(
  report: Pick<
    DrillReport,
    "failure" | "brokenFrom" | "loads" | "ledgers" | "identities" | "comparisons" | "silenceLimit" | "levelAfter"
  >,
): string[] {
  const survives = (load: LoadObservation) =>
    report.comparisons.every(
      ({ service, predicted }) =>
        predicted.survives ||
        (service.kind === "endorsement" && service.channel !== load.channel) ||
        (service.kind === "gateway" && service.organisation !== load.organisation) ||
        service.kind === "enrolment" ||
        service.kind === "reads",
    );
  // Kubernetes makes a deleted pod anew, and with it what the matrix says is gone for as long as the pod is.
  const comesBack = report.failure.kind === "pod";
  return [
    ...report.loads.flatMap((load) => {
      const who = `${load.organisation} on ${load.channel}`;
      return [
        ...(load.lost > 0 ? [`${who}: ${load.lost} acknowledged transactions are not in the ledger`] : []),
        ...(load.committed === 0 ? [`${who}: nothing was committed at all`] : []),
        ...(survives(load) && load.errors > 0 ? [`${who}: ${load.errors} transactions failed${told(load)}`] : []),
      ];
    }),
    ...silences(report.loads.filter(survives), report.brokenFrom)
      .filter(({ longest }) => longest > report.silenceLimit)
      .map(
        ({ channel, longest }) =>
          `${channel}: ${longest.toFixed(1)} s without a commit, at most ${report.silenceLimit} s are accepted`,
      ),
    ...report.comparisons.flatMap(({ service, predicted, observed }) =>
      observed === undefined || observed.goesOn === predicted.survives || (observed.goesOn && comesBack)
        ? []
        : [
            `${describeService(service)}: the failure matrix says that it ${predicted.survives ? "goes on" : "stops"} (${predicted.because}), but it ${observed.goesOn ? "went on" : "stopped"}: ${observed.evidence}`,
          ],
    ),
    ...(report.levelAfter === undefined ? ["the ledgers were not level again in time"] : []),
    ...unequal(report.ledgers),
    ...identityFindings(report.identities ?? []),
  ];
}

/**
 * The longest time on each channel in which no client saw a commit, in seconds.
 * @param since When it was broken: what was silent before says nothing about the failure.
 */
export function silences(
  loads: readonly LoadObservation[],
  since: number,
): { readonly channel: string; readonly longest: number }[] {
  return [...new Set(loads.map(({ channel }) => channel))].map((channel) => {
    const [first = [], ...others] = loads
      .filter((load) => load.channel === channel)
      .map(({ gaps }) => gapsSince(gaps, since));
    const common = others.reduce<readonly Gap[]>((gaps, more) => gaps.flatMap((gap) => overlaps(gap, more)), first);
    return { channel, longest: longestOf(common) };
  });
}

/** What of the gaps lies after a moment. */
export function gapsSince(gaps: readonly Gap[], since: number): Gap[] {
  return gaps.flatMap((gap) => overlaps(gap, [{ from: since, lasted: Infinity }]));
}

/** The length of the longest gap, in seconds; 0 where there is none. */
export const longestOf = (gaps: readonly Gap[]): number => Math.max(0, ...gaps.map(({ lasted }) => lasted));

/** The parts of a gap that lie in others. */
function overlaps(gap: Gap, others: readonly Gap[]): Gap[] {
  return others.flatMap((other) => {
    const from = Math.max(gap.from, other.from);
    const lasted = Math.min(gap.from + gap.lasted, other.from + other.lasted) - from;
    return lasted > 0 ? [{ from, lasted }] : [];
  });
}

const told = ({ reasons: [first] }: LoadObservation) => (first === undefined ? "" : `, most often: ${first.message}`);

/** Ledgers of one channel that differ in height or in hash. */
export function unequal(ledgers: readonly LedgerObservation[]): string[] {
  const channels = [...new Set(ledgers.map(({ channel }) => channel))];
  return channels.flatMap((channel) => {
    const own = ledgers.filter((ledger) => ledger.channel === channel);
    const heights = new Set(own.map(({ height }) => height));
    const hashes = new Set(own.flatMap(({ hash }) => (hash === undefined ? [] : [hash])));
    const tell = (what: (ledger: LedgerObservation) => string) =>
      own.map((ledger) => `${ledger.pod} ${what(ledger)}`).join(", ");
    if (heights.size > 1) return [`${channel}: heights differ: ${tell(({ height }) => String(height))}`];
    if (hashes.size > 1) return [`${channel}: hashes differ at one height: ${tell(({ hash }) => hash ?? "?")}`];
    return [];
  });
}
