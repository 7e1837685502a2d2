import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { palette } from "../../../cli/terminal";
import type { ExplainJson } from "../../../lib/explain/json";
import { topologyPicture } from "../../../lib/explain/picture";
import { placeOnSite } from "../../../lib/placement/place";
import { loadStack } from "../../../lib/spec/load";
import { findTopologies } from "../../../topologies/topology";
import { minimal, root, run } from "./run";

test("minimal, word for word", async () => {
  // Kept as a file that people can read: when it changes, read the difference.
  const kept = join(__dirname, "explain-minimal.txt");
  expect(await run("explain", minimal)).toEqual({ exit: 0, out: readFileSync(kept, "utf8"), err: "" });
});

test("as JSON: every pod with its zone and volumes, every failure with what it costs (R6)", async () => {
  const { out } = await run("explain", minimal, "--json");
  const told = JSON.parse(out) as {
    placement: { pod: string; zone: string; volumes: string[] }[];
    matrix: { failure: string; lost: string[]; services: Record<string, { survives: boolean; because: string }> }[];
  };
  expect(told).toMatchObject({ network: "minimal", fabric: "3.1.5" });
  expect(told.placement.slice(0, 5).map(({ pod, zone }) => [pod, zone])).toEqual([
    ["orderer-0", "zone-a"],
    ["orderer-1", "zone-b"],
    ["orderer-2", "zone-c"],
    ["peer0-org1-0", "zone-a"],
    ["peer0-org1-1", "zone-b"],
  ]);
  const zone = told.matrix.find(({ failure }) => failure === "zone zone-b")!;
  expect(zone.lost).toEqual(["orderer-1", "peer0-org1-1"]);
  expect(zone.services["ordering"]).toEqual({ survives: true, because: "2 consenters left, 2 of 3 needed" });
});

test("as JSON: timing, and every channel with the packages of its chaincodes", async () => {
  const told = JSON.parse((await run("explain", "--json")).out) as ExplainJson;
  expect(told.timing).toMatchObject({ roundTrip: 2, raft: { tickInterval: "100ms" } });
  expect(
    told.channels.map(({ name, members, chaincodes }) => [name, members, chaincodes.map((one) => one.packageId)]),
  ).toEqual([
    [
      "letters-of-credit",
      ["amber", "basalt", "cobalt"],
      [expect.stringMatching(/^letter-of-credit_1\.0:[0-9a-f]{64}$/)],
    ],
    ["settlement", ["amber", "basalt"], [expect.stringMatching(/^settlement_1\.0:[0-9a-f]{64}$/)]],
  ]);
});

test("without a network file it is the one that the settings name", async () => {
  const settings = join(root, "topologies/dual-active/settings.yaml");
  expect((await run("explain", "--settings", settings)).out).toBe((await run("explain")).out);
});

test("the picture is written as a file that stands by itself", async () => {
  const folder = mkdtempSync(join(tmpdir(), "fabric-topologies-picture-"));
  const file = join(folder, "network.svg");
  const settings = join(root, "topologies/dual-active/settings.yaml");
  try {
    expect(await run("explain", minimal, "--picture", file)).toEqual({ exit: 0, out: `${file}: drawn\n`, err: "" });
    const stack = loadStack({ settings, network: minimal });
    expect(readFileSync(file, "utf8")).toBe(
      topologyPicture(findTopologies().get("dual-active")!.title, placeOnSite(stack.network, stack.settings.sites[0]!)),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe("colours", () => {
  const { NO_COLOR, TERM } = process.env;
  afterEach(() => void Object.assign(process.env, { NO_COLOR: NO_COLOR ?? "", TERM: TERM ?? "" }));
  const shown = (isTTY: boolean, env: NodeJS.ProcessEnv) => {
    Object.assign(process.env, { NO_COLOR: "", TERM: "xterm" }, env);
    return palette({ isTTY }).bad("stops");
  };

  test("are for terminals", () => expect(shown(true, {})).toBe("\u001b[31mstops\u001b[39m"));
  test("are not for files and pipes", () => expect(shown(false, {})).toBe("stops"));
  test("are not where NO_COLOR says so", () => expect(shown(true, { NO_COLOR: "1" })).toBe("stops"));
  test("are not on a terminal that knows none", () => expect(shown(true, { TERM: "dumb" })).toBe("stops"));
});
