import { everyCommand, run } from "./run";
import { commandLine } from "../../../cli/program";

const commands = everyCommand(commandLine()).map((entry) => [entry.words.join(" ") || "(itself)", entry] as const);

test.each(commands)("%s says what it does", async (_, { words, command }) => {
  const { exit, out, err } = await run(...words, "--help");
  expect({ exit, err }).toEqual({ exit: 0, err: "" });
  expect(command.description()).toMatch(/^[A-Z].*\.$/);
  for (const option of command.options) expect([option.flags, option.description]).not.toContain("");
  for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(120);
});

test.each(commands.filter(([, { command }]) => command.parent !== null))(
  "%s gives an example",
  async (_, { words }) => {
    const { out } = await run(...words, "--help");
    const examples = [...out.matchAll(/^ {2}\$ (.+)$/gm)].map(([, example]) => example);
    expect(out).toMatch(/\nExamples?:\n {2}\$ /);
    // Of the command itself; what a pipeline makes of it is another's.
    expect(examples.filter((example) => example?.includes(["fabric-topologies", ...words].join(" ")))).not.toEqual([]);
  },
);

test("each drill says what it does in clusters, and no more", async () => {
  const help = async (name: string) => (await run("drill", name, "--help")).out.replaceAll(/\s+/g, " ");
  expect(await help("zone-loss")).toContain("the zone's nodes are cordoned and this network's pods on them deleted");
  expect(await help("link-cut")).toContain("In any other cluster it is refused");
  expect(await help("pod-loss")).toContain("nothing is cordoned");
});

test.each([
  [["explian"], "error: unknown command 'explian'\n(Did you mean explain?)"],
  [["explain", "--jsno"], "error: unknown option '--jsno'\n(Did you mean --json?)"],
  [["explain", "one.yaml", "two.yaml"], "error: too many arguments for 'explain'"],
  [["explain", "--stack", "x", "--settings", "y"], "cannot be used with option"],
  [["synth", "--out"], "argument missing"],
  [["sandbox", "zone", "lose"], "error: missing required argument 'zone'"],
])("%j is refused with a word of help", async (words, said) => {
  const { exit, out, err } = await run(...words);
  expect({ exit, out }).toEqual({ exit: 1, out: "" });
  expect(err).toContain(said);
  expect(err).toContain("(--help shows what there is)");
});

test.each([
  [["explain", "no-such.yaml"], "no-such.yaml:1:1  found no such file"],
  [["explain", "--settings", "no-such.yaml"], "no-such.yaml:1:1  found no such file"],
  [["synth", "--stack", "no-such"], "Pulumi.no-such.yaml:1:1  found no such file"],
  [["up", "--network", "no-such.yaml"], "no-such.yaml:1:1  found no such file"],
  [["sandbox", "up", "--zones", "zone-a:many"], "zone-a:many"],
  [["explain", "--picture", "no-such-folder/picture.svg"], "no-such-folder/picture.svg cannot be written"],
])("%j fails with what was found and what to do, not with a stack trace", async (words, said) => {
  const { exit, out, err } = await run(...words);
  expect({ exit, out }).toEqual({ exit: 1, out: "" });
  expect(err).toContain(said);
  expect(err).toMatch(/\n {4}do: /);
  expect(err).not.toMatch(/^ +at /m);
});
