/** A consortium twice the size takes twice the work. Counted, since times say little on a machine that others use. */
import { checkModel } from "../../../lib/placement/check";
import { failureMatrix } from "../../../lib/placement/matrix";
import { placeOnSite } from "../../../lib/placement/place";
import { tellMatrix } from "../../../lib/explain/rows";
import { synthesiseSite } from "../../../lib/constructs/site";
import { consortiumOf } from "../../../lib/placement/consortium";
import { timingOfSites } from "../../../lib/placement/timing";
import { rules } from "../../../policies/all";
import { checkStack } from "../../../policies/run";
import { consortium } from "../../support/consortium";
import { counted } from "../../support/counted";
import { city, network } from "../../support/models";

const settings = city();
const site = settings.sites[0]!;
const grand = (organisations: number) => network(consortium(organisations));

/** Some of it grows with the square, as everybody is on one channel: half as much again is allowed. */
const twice = 3;

test("checking it reads the network as often for each organisation", () => {
  const reads = (organisations: number) => {
    const read = counted(grand(organisations));
    expect(checkModel(read.value, settings)).toEqual([]);
    return read.reads();
  };
  expect(reads(40) / reads(20)).toBeLessThan(twice);
});

test("its failure matrix judges a service only after failures that concern it", () => {
  const judged = (organisations: number) => {
    const { rows } = failureMatrix(placeOnSite(grand(organisations), site));
    // Where nothing had to be judged anew, it is the same verdict.
    return new Set(rows.flatMap(({ verdicts }) => verdicts)).size;
  };
  expect(judged(40) / judged(20)).toBeLessThan(twice);
});

test("telling its failure matrix looks at each cell as often", () => {
  const reads = (organisations: number) => {
    const matrix = failureMatrix(placeOnSite(grand(organisations), site));
    const read = counted(matrix);
    tellMatrix(read.value);
    return read.reads() / (matrix.rows.length * matrix.services.length);
  };
  expect(reads(40) / reads(20)).toBeLessThan(1.2);
});

test("its policies look at each object as often", () => {
  const reads = (organisations: number) => {
    const placement = placeOnSite(grand(organisations), site);
    const timing = timingOfSites(placement.network, settings);
    const { objects } = synthesiseSite(placement, site, consortiumOf(placement, settings), timing);
    const read = counted({ site: site.name, objects });
    checkStack(rules, { sites: [read.value], placement });
    return read.reads() / objects.length;
  };
  expect(reads(20) / reads(10)).toBeLessThan(1.5);
});
