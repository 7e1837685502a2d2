/** What `submit`, `evaluate`, `events` and `load` make of what somebody typed. */
import { openClientPod } from "../../../cli/network/client";
import { exampleSettings } from "../../../cli/input";
import { join } from "node:path";
import { root, run } from "./run";

jest.mock("../../../cli/network/client", (): object => ({
  ...jest.requireActual<object>("../../../cli/network/client"),
  openClientPod: jest.fn(),
}));

type Ran = { args: readonly string[]; input: unknown; interrupt: () => boolean };
let ran: Ran[];
/** Of a command that is under way. */
let underWay: () => void;
beforeEach(() => {
  ran = [];
  underWay = () => undefined;
  jest.mocked(openClientPod).mockResolvedValue({
    run: (args, { input }, stop) => {
      ran.push({ args, input: input && (JSON.parse(input) as unknown), interrupt: () => stop?.aborted === true });
      underWay();
      return Promise.resolve(0);
    },
  });
});

const network = ["--settings", exampleSettings, "--network", join(root, "examples/trade-finance/network.yaml")];
const typed = (name: string, ...words: readonly string[]) => run(name, ...network, ...words);

test("repeated options leave the function and its arguments alone", async () => {
  const words = [
    "--transient",
    "price=120",
    "--transient",
    "salt=x=y",
    "--endorser",
    "AmberMSP",
    "agreePrice",
    "c",
    "1",
  ];
  expect(await typed("submit", ...words)).toMatchObject({ exit: 0, err: "" });
  expect(ran[0]?.args.join(" ")).toContain("--function agreePrice --from-input --endorser AmberMSP");
  expect(ran[0]?.input).toEqual({ arguments: ["c", "1"], transient: { price: "120", salt: "x=y" } });
});

test.each(["submit", "evaluate"])(
  "%s names neither arguments nor transient data in its command, which logs keep",
  async (name) => {
    await typed(name, "--transient", "price=secret-120", "agreePrice", "private-argument");
    expect(ran[0]?.args.join(" ")).not.toMatch(/secret-120|private-argument/);
  },
);

test.each(["SIGINT", "SIGTERM"] as const)("the first %s ends events, and a load that has a length", async (signal) => {
  underWay = () => process.emit(signal);
  await typed("events");
  await typed("load", "--seconds", "600");
  expect(ran.map(({ args, interrupt }) => [args[0], args.includes("--until-input-ends"), interrupt()])).toEqual([
    ["events", true, true],
    ["load", true, true],
  ]);
});

test.each([
  ["load", ["--rate", "abc"], "a number above 0"],
  ["load", ["--seconds", "0"], "a number above 0"],
  ["load", ["--in-flight", "0"], "a whole number from 1"],
  ["load", ["--gap", "1s"], "a whole number from 0"],
  ["load", ["--rate", "5", "--in-flight", "5"], "cannot be used with option"],
  ["events", ["--count", "none"], "a whole number from 1"],
  ["events", ["--from", "-1"], "a whole number from 0"],
  ["submit", ["--transient", "120", "put"], "<key>=<value>"],
])("%s %j is refused here, before there is a pod", async (name, words, said) => {
  const { exit, err } = await typed(name, ...words);
  expect(exit).toBe(1);
  expect(err).toContain(said);
  expect(ran).toEqual([]);
});

test("a load has a rate, or so many on their way", async () => {
  await typed("load", "--in-flight", "20");
  await typed("load");
  expect(ran.map(({ args }) => args.slice(5).join(" "))).toEqual([
    "--until-input-ends --in-flight 20 --gap 1000",
    "--until-input-ends --rate 10 --gap 1000",
  ]);
});
