import { explainText, matrixTable, type Explained } from "../../../lib/explain/text";
import { tellMatrix } from "../../../lib/explain/rows";
import { placeOnSite } from "../../../lib/placement/place";
import { failureMatrix } from "../../../lib/placement/matrix";
import { consortiumOf } from "../../../lib/placement/consortium";
import type { Placement } from "../../../lib/placement/node";
import { timingOfSites } from "../../../lib/placement/timing";
import { city, network, smallNetwork } from "../../support/models";

const settings = city();
const site = settings.sites[0]!;
const explained = (placement: Placement): Explained => ({
  placement,
  consortium: consortiumOf(placement, settings),
  timing: timingOfSites(placement.network, settings),
});
const consortium = (organisations: number) =>
  placeOnSite(
    network({
      name: "trade",
      organisations: [
        ...Array.from({ length: organisations }, (_, index) => ({ name: `bank-${index}`, peers: [{ name: "peer0" }] })),
        { name: "ordering", orderers: { nodes: 5 } },
      ],
      channels: [{ name: "all", members: Array.from({ length: organisations }, (_, index) => `bank-${index}`) }],
    }),
    site,
  );

test("alike failures are one row, and ten organisations need no more rows than two", () => {
  const labels = (organisations: number) =>
    tellMatrix(failureMatrix(consortium(organisations))).rows.map(({ label }) => label);
  expect(labels(2).slice(0, 4)).toEqual([
    "any one ordering node",
    "any one peer",
    "any one certificate authority",
    "a node of zone-a",
  ]);
  expect(labels(10)).toEqual(labels(2));
});

test("a pod whose loss costs something else has its own row", () => {
  const placement = placeOnSite(
    network({
      name: "uneven",
      organisations: [
        { name: "one", peers: [{ name: "peer0", replicas: 1 }] },
        { name: "two", peers: [{ name: "peer0" }] },
        { name: "ordering", orderers: { nodes: 3 } },
      ],
    }),
    site,
  );
  const rows = tellMatrix(failureMatrix(placement)).rows.filter(({ label }) => label.includes("peer"));
  expect(rows).toEqual([
    { label: "pod peer0-one-0", stops: [[], ["one"], []] },
    { label: "any one peer", stops: [[], [], []] },
  ]);
});

test("why a gateway may stop is said in its organisation's words", () => {
  const placement = placeOnSite(
    network({
      name: "uneven",
      organisations: [
        {
          name: "one",
          peers: [{ name: "peer0", replicas: 1 }],
          gatewayMayStopBecause: "It only audits, once a month.",
        },
        { name: "ordering", orderers: { nodes: 3 } },
      ],
    }),
    site,
  );
  expect(explainText("a title", explained(placement))).toContain(
    "with that zone one loses its gateway and cannot endorse. It may, because: It only audits, once a month.",
  );
});

test("no row that stops something is lost in the telling", () => {
  const placement = consortium(3);
  const matrix = failureMatrix(placement);
  const told = tellMatrix(failureMatrix(placement));
  const stopped = new Set(
    matrix.rows.flatMap(({ verdicts }) =>
      verdicts.flatMap(({ survives }, index) => (survives ? [] : [matrix.services[index]!.kind])),
    ),
  );
  const shown = told.rows.flatMap(({ stops }) => told.columns.filter((_, index) => stops[index]!.length > 0));
  expect(new Set(shown)).toEqual(stopped);
});

test("each reason is given once, with everything that it is the reason of", () => {
  const because = matrixTable(consortium(10)).split("Because\n")[1]!.split("\n");
  expect(because).toEqual([
    "- enrolment of its own organisation: its only certificate authority is gone; nodes and clients that have certificates go on (any one certificate authority)",
    "- enrolment of every organisation: its only certificate authority is gone; nodes and clients that have certificates go on (a node of zone-a, zone zone-a)",
  ]);
});

test("every reason can be asked for, and still none is said twice", () => {
  const because = matrixTable(consortium(3), undefined, true).split("Because\n")[1]!.split("\n");
  expect(because).toContain(
    "- ordering: 3 consenters left, 3 of 5 needed (a node of zone-a, a node of zone-b, zone zone-a, zone zone-b)",
  );
  expect(new Set(because).size).toBe(because.length);
});

test("colours are put around words and change none", () => {
  const placement = placeOnSite(smallNetwork(), site);
  const mark = (text: string) => `<${text}>`;
  const coloured = explainText("a title", explained(placement), {
    palette: { good: mark, bad: mark, strong: String, faint: String },
  });
  expect(coloured).toContain("<goes on>");
  expect(explainText("a title", explained(placement))).not.toContain("<");
});
