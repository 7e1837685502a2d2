/** The program as a shell starts it. Few tests: each costs a start. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { minimal, root, runProgram } from "./run";

jest.setTimeout(60_000);

test("it starts from any folder and says its version", async () => {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  expect(await runProgram(["--version"], tmpdir())).toEqual({ exit: 0, out: `${version}\n`, err: "" });
});

test("bad input ends with 1 and every problem at its line, without a stack trace and without colours", async () => {
  const folder = mkdtempSync(join(tmpdir(), "fabric-topologies-cli-"));
  const file = join(folder, "network.yaml");
  writeFileSync(file, readFileSync(minimal, "utf8").replace("nodes: 3", "nodes: three").replace("[org1]", "[org2]"));
  try {
    const { exit, out, err } = await runProgram(["validate", file], folder);
    expect({ exit, out }).toEqual({ exit: 1, out: "" });
    expect(err).toContain("2 problems\n");
    expect(err).toContain(`${file}:10:14  organisations[1].orderers.nodes: found "three"`);
    expect(err).toContain(`${file}:14:15  channels[0].members[0]: found `);
    expect(err).not.toMatch(/^ +at /m);
    expect(err).not.toContain("\u001b");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a network in TypeScript that leaves a timer running does not keep the program", async () => {
  const folder = mkdtempSync(join(tmpdir(), "fabric-topologies-cli-"));
  const file = join(folder, "network.ts");
  const network = `{ name: "n", organisations: [{ name: "o", peers: [{ name: "p" }], orderers: { nodes: 3 } }] }`;
  writeFileSync(file, `setInterval(() => undefined, 1000);\nexport default ${network};\n`);
  try {
    const { exit, out } = await runProgram(["validate", file], folder);
    expect([exit, out]).toEqual([
      0,
      `${file}: valid, 1 organisation, 2 peers, 3 ordering nodes, 0 channels, 0 chaincodes\n`,
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
