/** Realistic changes of a network, and what a diff says of each. tests/cluster/changes-*.test.ts make them. */
import { describeFailure } from "../../lib/placement/failure";
import { failureMatrix } from "../../lib/placement/matrix";
import type { Placement } from "../../lib/placement/node";
import { describeService } from "../../lib/placement/service";
import { diffOf } from "../../lib/preview/diff/diff";
import type { CellChange, Diff } from "../../lib/preview/diff/document";
import type { Preview } from "../../lib/preview/document";
import { expected } from "../support/changes/expected";
import { planOf, previewOfModel, start, type Model } from "../support/changes/model";
import { summaryOf } from "../support/changes/summary";
import { before, changed, changeIds, changeOf } from "../support/changes/table";

jest.setTimeout(60_000);

/** Many changes begin with the same network. */
const previews = new Map<string, Promise<Preview>>();
function previewOf(model: Model): Promise<Preview> {
  const key = JSON.stringify(model);
  const preview = previews.get(key) ?? previewOfModel(model);
  previews.set(key, preview);
  return preview;
}

async function diffBetween(from: Model, to: Model): Promise<Diff> {
  return diffOf({ label: "before", preview: await previewOf(from) }, { label: "after", preview: await previewOf(to) });
}

const named = changeIds.map((id) => [changeOf(id).says, id] as const);
const compared = named.filter(([, id]) => changeOf(id).refused?.by !== "documents");

test.each(named.filter((one) => !compared.includes(one)))("%s: no network", (_says, id) => {
  const { refused } = changeOf(id);
  expect(() => planOf(changed(before(start(), id), id))).toThrow(refused?.because);
});

describe.each(compared)("%s", (_says, id) => {
  const from = before(start(), id);
  const to = changed(from, id);

  test("all that is to be said, and nothing else", async () => {
    expect(summaryOf(await diffBetween(from, to))).toEqual(expected[id]);
  });

  test("refused where it is, and for the reason that pulumi up gives", async () => {
    const { statements } = await diffBetween(from, to);
    const refusals = statements.filter(({ topic }) => topic === "refused");
    const { refused } = changeOf(id);
    if (refused === undefined) expect(refusals).toEqual([]);
    else expect(refusals.flatMap(({ says, details }) => [says, ...details]).join("\n")).toMatch(refused.because);
  });

  test("its failures, and what stops while pods restart, are those of the failure matrix", async () => {
    const diff = await diffBetween(from, to);
    const [was, is] = [planOf(from).placement, planOf(to).placement];
    expect(sorted(diff.cells)).toEqual(sorted(cellsBetween(was, is)));
    expect(stopsTold(diff)).toEqual(stopsWhileRestarting(diff, [was, is]));
    expect(orderingTold(diff)).toEqual(orderingWhileRestarting(diff, was));
  });
});

type Cell = Omit<CellChange, "because">;

const sorted = (cells: readonly CellChange[] | readonly Cell[]): Cell[] =>
  cells
    .map(({ failure, service, before: was, after: is }) => ({ failure, service, before: was, after: is }))
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

/** Every cell that is different, and those of one side only that say "stops". */
function cellsBetween(was: Placement, is: Placement): Cell[] {
  const [before, after] = [cellsOf(was), cellsOf(is)];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key): Cell[] => {
    const [failure = "", service = ""] = key.split(" / ");
    const [old, now]: [Cell["before"], Cell["after"]] = [before.get(key) ?? "absent", after.get(key) ?? "absent"];
    return old === now || (old !== "stops" && now !== "stops") ? [] : [{ failure, service, before: old, after: now }];
  });
}

function cellsOf(placement: Placement): Map<string, "goes on" | "stops"> {
  const { services, rows } = failureMatrix(placement);
  return new Map(
    rows.flatMap(({ failure, verdicts }) =>
      verdicts.map(({ survives }, column): [string, "goes on" | "stops"] => [
        `${describeFailure(failure)} / ${services[column] === undefined ? "" : describeService(services[column])}`,
        survives ? "goes on" : "stops",
      ]),
    ),
  );
}

/** Services beside ordering that stop while one of the pods that restart is down. */
function stopsWhileRestarting({ restarts }: Diff, placements: readonly Placement[]): string[] {
  const down = new Set(restarts.flatMap(({ namespace, pods }) => pods.map((pod) => `${namespace}/${pod}`)));
  return unique(
    placements.flatMap((placement) => {
      const { services, rows } = failureMatrix(placement);
      return rows.flatMap(({ failure, verdicts }) =>
        failure.kind === "pod" && down.has(`${failure.namespace}/${failure.pod}`)
          ? verdicts.flatMap(({ survives }, column) => {
              const service = services[column];
              return survives || service === undefined || service.kind === "ordering" ? [] : describeService(service);
            })
          : [],
      );
    }),
  );
}

function stopsTold({ statements }: Diff): string[] {
  return unique(statements.flatMap(({ says }) => /^While .* restarts: (.*?) stops,/.exec(says)?.[1] ?? []));
}

const unique = (some: readonly string[]) => [...new Set(some)].sort();

/** What the matrix says of ordering while each ordering node that restarts is down: the same of all, as one is like another. */
function orderingWhileRestarting({ restarts }: Diff, placement: Placement): string[] {
  const rolling = restarts.filter(({ role }) => role === "orderer");
  const down = new Set(rolling.flatMap(({ namespace, pods }) => pods.map((pod) => `${namespace}/${pod}`)));
  const { services, rows } = failureMatrix(placement);
  const column = services.findIndex(({ kind }) => kind === "ordering");
  return unique(
    rows.flatMap(({ failure, verdicts }) => {
      const verdict = verdicts[column];
      return failure.kind === "pod" && down.has(`${failure.namespace}/${failure.pod}`) && verdict !== undefined
        ? [`${verdict.survives ? "goes on" : "stops"}: ${verdict.because}`]
        : [];
    }),
  );
}

function orderingTold({ statements }: Diff): string[] {
  return unique(
    statements.flatMap(({ says }) => {
      const [, how, left, all, needed] =
        /^Ordering (goes on|stops) meanwhile: (\d+) of (\d+) consenters (?:is|are) left, and (\d+) (?:is|are) needed\.$/.exec(
          says,
        ) ?? [];
      return how === undefined ? [] : [`${how}: ${left} consenters left, ${needed} of ${all} needed`];
    }),
  );
}
