import { join } from "node:path";
import { validateCommand } from "../../../cli/validate";

const root = join(__dirname, "../../..");
const minimal = join(root, "examples/minimal/network.yaml");
const finance = join(root, "examples/trade-finance/network.yaml");
const broken = join(root, "tests/broken/network-batch.yaml");

let output = "";
beforeEach(() => {
  output = "";
  jest.spyOn(process.stdout, "write").mockImplementation((text) => ((output += String(text)), true));
});
afterEach(() => {
  jest.restoreAllMocks();
  process.exitCode = undefined;
});

const validate = (...words: string[]) => validateCommand().exitOverride().parseAsync(words, { from: "user" });

describe("fabric-topologies validate", () => {
  test("says one line per valid file", async () => {
    await validate(minimal, finance);
    expect(output).toBe(
      `${minimal}: valid, 2 organisations, 2 peers, 3 ordering nodes, 1 channel, 0 chaincodes\n` +
        `${finance}: valid, 4 organisations, 6 peers, 5 ordering nodes, 2 channels, 2 chaincodes\n`,
    );
  });

  test("gives the problems of all files, after what is valid", async () => {
    await expect(validate(minimal, broken, join(root, "tests/broken/network-name-reserved.yaml"))).rejects.toThrow(
      /^3 problems\n/,
    );
    expect(output).toContain("minimal/network.yaml: valid");
  });

  test("prints problems as JSON, and fails", async () => {
    await validate(broken, "--json");
    expect(JSON.parse(output)).toMatchObject([
      { line: 28, column: 20, path: "channels[0].batch.maxMessages", document: "network" },
      { line: 27, found: "preferredMaxBytes 20Mi with absoluteMaxBytes 10Mi" },
    ]);
    expect(process.exitCode).toBe(1);
  });

  test("prints an empty array where nothing is wrong", async () => {
    await validate(minimal, "--json");
    expect(output).toBe("[]\n");
    expect(process.exitCode).toBeUndefined();
  });

  test("checks networks on the sites of settings, whose problems are told once", async () => {
    const settings = join(root, "tests/broken/settings-many.yaml");
    await validate(minimal, finance, "--settings", settings, "--json");
    expect((JSON.parse(output) as unknown[]).length).toBe(5);
  });

  test("refuses an impossible placement and an unknown topology", async () => {
    await expect(validate("--settings", join(root, "tests/broken/settings-three-one-one.yaml"))).rejects.toThrow(
      "3 of 5 consenters in zone-a",
    );
    await expect(validate("--settings", join(root, "tests/broken/settings-topology-unknown.yaml"))).rejects.toThrow(
      /topology: found dual-activ\n.*dual-active/,
    );
  });

  test("asks for something to check", async () => {
    jest.spyOn(process.stderr, "write").mockReturnValue(true);
    await expect(validate()).rejects.toThrow("name a network file, --settings or --stack");
  });
});
