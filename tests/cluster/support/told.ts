/** What a diff says of a change, held against what the engine and the cluster made of it. */
import { diffOf } from "../../../lib/preview/diff/diff";
import type { Diff } from "../../../lib/preview/diff/document";
import { changeOf, type ChangeId } from "../../support/changes/table";
import { done, restarted, type Walk, type Walked } from "./walk";

/** Makes a change, and expects that everything came about that its diff says, and nothing else. */
export async function expectAsTold(walk: Walk, id: ChangeId): Promise<void> {
  const { refused } = changeOf(id);
  const walked = await walk.make(id);
  const { from, to, run } = walked;
  const diff =
    to === undefined ? undefined : diffOf({ label: "before", preview: from }, { label: "after", preview: to });
  const refusals = diff?.statements.filter(({ topic }) => topic === "refused") ?? [];
  if (refused !== undefined) {
    expect(run.exit).not.toBe(0);
    expect(run.output).toMatch(refused.because);
    expectNothingDone(walked);
    // Documents that are refused have no preview; of all others the diff knew it.
    expect({ compared: diff !== undefined, told: refusals.length > 0 }).toEqual(
      refused.by === "documents" ? { compared: false, told: false } : { compared: true, told: true },
    );
    return;
  }
  if (run.exit !== 0) throw new Error(`pulumi up ended with ${run.exit}:\n${run.output}`);
  if (diff === undefined) throw new Error("there is no preview of what has been brought up");
  expect(refusals).toEqual([]);
  expect(done(walked)).toEqual(diff.changes.map(({ action, urn }) => `${action} ${urn}`).sort());
  expect(fates(walked, diff)).toEqual(diff.changes.map(({ action, urn }) => `${fateOf[action]} ${urn}`));
  const restarts = observedRestarts(walked);
  const again = walked.history.toldOf(restarts.flatMap(([, pods]) => (typeof pods === "number" ? [] : pods)));
  expect({ restarts: Object.fromEntries(restarts), again }).toEqual({
    restarts: Object.fromEntries(toldRestarts(diff)),
    again: [],
  });
  expect(walked.history.downAtOnce(consentersOf(walked))).toBe(
    diff.restarts.some(({ role }) => role === "orderer") ? 1 : 0,
  );
}

function expectNothingDone(walked: Walked): void {
  expect(done(walked)).toEqual([]);
  expect(walked.after).toEqual(walked.before);
}

/** What the cluster shows of each action. */
const fateOf = {
  create: "there",
  update: "the same",
  replace: "another",
  remove: "gone",
  release: "the same",
} as const;

/** What became of each object that the diff speaks of, as the cluster has it. */
function fates({ before, after }: Walked, { changes }: Diff): string[] {
  return changes.map(({ urn, action }) => {
    const [was, is] = [before.objects.get(urn)?.uid, after.objects.get(urn)?.uid];
    // An object that was released by an earlier change is taken back by the one that makes it again.
    if (is !== undefined && action === "create") return `there ${urn}`;
    return `${is === undefined ? "gone" : is === was ? "the same" : "another"} ${urn}`;
  });
}

/** By workload, its pods as `<namespace>/<name>` in the order in which they restart; how many where they have no names. */
type Restarts = [workload: string, pods: readonly string[] | number][];

function toldRestarts({ restarts }: Diff): Restarts {
  return restarts.map(({ namespace, workload, pods, count }) => [
    `${namespace}/${workload}`,
    pods.length === 0 ? count : pods.map((pod) => `${namespace}/${pod}`),
  ]);
}

function observedRestarts(walked: Walked): Restarts {
  return [...restarted(walked)].map(([workload, pods]) => [
    workload,
    workload.split("/")[1] === "StatefulSet" ? pods : pods.length,
  ]);
}

/** The ordering nodes that there are before and after, as `<namespace>/<name>`. */
function consentersOf({ from, to }: Walked): string[] {
  const names = ({ nodes }: Walked["from"]) =>
    nodes.filter(({ role }) => role === "orderer").map(({ namespace, pod }) => `${namespace}/${pod}`);
  return names(from).filter((name) => to !== undefined && names(to).includes(name));
}
