import * as fc from "fast-check";
import { drbdResource } from "../../../lib/replication/drbd/resource";
import { lintResourceFile } from "../../../lib/replication/lint/lint";
import { fileFaults } from "../../support/replication/faults";
import { ledger, volumes } from "../../support/replication/volumes";

const promise = { resyncRate: 100e6, remote: ["remote-c"] };

describe("the lint of resource files", () => {
  it.each(fileFaults.filter(({ ours }) => ours !== undefined))(
    "tells file and line of $name (R8)",
    ({ text, ours }) => {
      const problems = lintResourceFile("F.res", text, promise);
      const told = problems.find(({ line, found }) => line === ours!.line && found.includes(ours!.found));
      expect(problems.map(({ file, line, found }) => ({ file, line, found }))).toContainEqual({
        file: "F.res",
        line: ours!.line,
        found: expect.stringContaining(ours!.found),
      });
      expect(told?.allowed).not.toBe("");
      expect(told?.fix).not.toBe("");
    },
  );

  it("finds nothing wrong with what is rendered, whatever the volume", () => {
    fc.assert(
      fc.property(volumes, (volume) => {
        const remote = volume.replicas.filter(({ center }) => center === "remote").map(({ node }) => node);
        const resyncRate = Math.max(volume.city.resyncRate, volume.remote.resyncRate);
        expect(lintResourceFile("F.res", drbdResource(volume), { resyncRate, remote })).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  it("misses no connection that is taken away", () => {
    fc.assert(
      fc.property(volumes, fc.nat(), (volume, index) => {
        const parts = drbdResource(volume).split("  connection {");
        const gone = parts.filter((_, at) => at !== 1 + (index % (parts.length - 1))).join("  connection {");
        const closed = index % (parts.length - 1) === parts.length - 2 ? `${gone}}\n` : gone;
        expect(lintResourceFile("F.res", closed).some(({ found }) => found.startsWith("no connection"))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it("takes a mesh for all of its connections, comments for nothing, and what stands in common for everybody's", () => {
    const head = drbdResource(ledger).split("  connection {")[0]!;
    const mesh = `common { net { protocol A; } } # of all\n${head}  connection-mesh { hosts city-a city-b remote-c; }\n}\n`;
    expect(lintResourceFile("F.res", mesh)).toEqual([]);
    const all = { remote: ["city-a", "city-b", "remote-c"] };
    expect(lintResourceFile("F.res", mesh, all)).toEqual([]);
    expect(lintResourceFile("F.res", mesh, { remote: [] }).map(({ found }) => found)).toEqual(["protocol A"]);
  });

  it("says that no rate of DRBD slows replication itself", () => {
    const trafficRate = { bytesPerSecond: 100e6, keptByKernel: false };
    const [problem, ...others] = lintResourceFile("F.res", drbdResource(ledger), { trafficRate });
    expect(others).toEqual([]);
    expect(problem?.found).toBe("100 MB/s promised for replication itself");
    expect(
      lintResourceFile("F.res", drbdResource(ledger), { trafficRate: { ...trafficRate, keptByKernel: true } }),
    ).toEqual([]);
  });

  it.each(["", "# nothing", "}}}{{{", 'resource "', "global { usage-count no; }"])("reads anything: %j", (text) => {
    expect(lintResourceFile("F.res", text).length).toBeGreaterThan(0);
  });
});
