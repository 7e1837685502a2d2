import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clientCommand } from "../../client/commands";

let folder: string;
let model: string;
let said: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fabric-topologies-"));
  model = join(folder, "model.json");
  const peer = { pod: "peer0-amber-0", site: "here", zone: "zone-a", host: "localhost", port: 1 };
  const organisations = [
    { name: "amber", mspId: "AmberMSP", peers: [peer] },
    { name: "clearing", mspId: "ClearingMSP", peers: [] },
  ];
  writeFileSync(model, JSON.stringify({ organisations }));
  said = "";
  jest.spyOn(process.stderr, "write").mockImplementation((text) => {
    said += String(text);
    return true;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
  process.exitCode = 0;
  rmSync(folder, { recursive: true, force: true });
});

const target = ["--channel", "main", "--chaincode", "asset-transfer"];
const run = (name: string, ...args: readonly string[]) =>
  clientCommand().parseAsync([name, ...target, "--model", model, "--identity", folder, ...args], { from: "user" });

test.each([
  [
    "an organisation that is not in the model",
    ["--organisation", "basalt"],
    "no organisation basalt; it has amber, clearing",
  ],
  ["an organisation without peers", ["--organisation", "clearing"], "clearing has no peer; its peers: none"],
  [
    "a peer that the organisation does not have",
    ["--organisation", "amber", "--peer", "peer9"],
    "amber has no peer peer9; its peers: peer0-amber-0",
  ],
  ["a folder without an identity", ["--organisation", "amber"], "signcerts"],
])("%s is told by its name, with exit code 1", async (_case, args, words) => {
  await run("evaluate", "--function", "read", ...args, "lc-1");
  expect(said).toContain(words);
  expect(process.exitCode).toBe(1);
});

test.each([
  ["submit", ["--function", "agreePrice", "--transient", "120"], "<key>=<value>"],
  ["load", ["--rate", "0"], "a number above 0"],
  ["load", ["--rate", "many"], "a number above 0"],
  ["events", ["--from", "-1"], "a whole number from 0"],
  ["submit", [], "required option '--function <name>' not specified"],
])("%s %j is refused with what is allowed", async (name, args, words) => {
  const exit = jest.spyOn(process, "exit").mockImplementation((code) => {
    throw new Error(`exit ${code ?? 0}`);
  });
  await expect(run(name, "--organisation", "amber", ...args)).rejects.toThrow("exit 1");
  expect(exit).toHaveBeenCalledWith(1);
  expect(said).toContain(words);
});
