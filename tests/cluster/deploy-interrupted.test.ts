/** A run that is interrupted at any moment is followed by one that ends in the same state. */
import type { SiteManifests } from "../../lib/constructs/manifests";
import type { ApiServer } from "../../lib/deploy/api-server";
import { stands } from "../../lib/deploy/fields";
import { recovery } from "../../lib/deploy/recovery";
import { connect, live, uids } from "./support/api";
import { sharedSandbox } from "./support/cluster";
import { network } from "./support/network";
import { summary, TestStack } from "./support/stack";

jest.setTimeout(180_000);
const name = "interrupted";
const site = { name: "demo", kubeconfig: "" };
let stack: TestStack;
let api: ApiServer;

beforeAll(async () => {
  site.kubeconfig = (await sharedSandbox()).sandbox.kubeconfig;
  api = await connect(site.kubeconfig);
  stack = await TestStack.make();
}, 60 * 60_000);
afterAll(async () => {
  await stack.run(["destroy", "--yes"]);
  stack.remove();
  api.close();
});

const claimsOf = (all: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(all).filter(([key]) => /^(Namespace|PersistentVolumeClaim)\//.test(key)));

/** The state that every way must end in: every object as desired, and nothing left to do or to tell. */
async function expectDeployed(manifests: SiteManifests): Promise<void> {
  const found = await live(api, manifests);
  for (const desired of manifests.objects) {
    const key = [desired.kind, desired.metadata.namespace, desired.metadata.name].filter(Boolean).join("/");
    // A Secret's stringData is written only, and read as data.
    const readable = Object.entries(desired).filter(([field]) => field !== "stringData");
    expect([key, stands(Object.fromEntries(readable), found.get(key))]).toEqual([key, true]);
  }
  const preview = await stack.preview();
  expect([preview.exit, summary(preview)]).toEqual([0, { unchanged: manifests.objects.length + 3 }]);
  expect(preview.output).not.toMatch(/pending operation/);
}

/** Runs `up` again, after what the tool itself names where it refuses. */
async function recover(): Promise<readonly string[]> {
  const typed: string[] = [];
  for (;;) {
    const run = await stack.up();
    if (run.exit === 0) return typed;
    const command = recovery(run.output, run.exit)?.command;
    if (command === undefined || typed.includes(command))
      throw new Error(`no way on after ${typed.join()}:\n${run.output}`);
    typed.push(command);
    await stack.succeed(...command.split(" ").slice(1));
  }
}

// Moments are counted in steps that the engine tells of (each object has two or more), so that each is one in which
// something is going on. They are drawn anew at every run; the name of a test that fails tells them.
const moment = (from: number, to: number): number => from + Math.floor(Math.random() * (to - from + 1));
const moments = (): (readonly ["SIGINT" | "SIGKILL", number])[] => [
  ["SIGKILL", moment(1, 8)],
  ["SIGINT", moment(2, 20)],
  ["SIGKILL", moment(9, 20)],
];

describe.each([
  ["making", false],
  ["changing", true],
])("%s the network", (_, existing) => {
  test.each(moments())(`%s after %i steps`, async (signal, steps) => {
    const first = network(name);
    const wanted = existing
      ? network(name, { config: `${signal}-${steps}`, memory: "96Mi", password: "new", more: 8 })
      : first;
    if (existing) {
      stack.deploys(site, first);
      expect(await stack.up()).toMatchObject({ exit: 0 });
    }
    const before = claimsOf(await uids(api, first));
    stack.deploys(site, wanted);
    const cut = await stack.interrupt(signal, steps);
    if (cut.sent) expect(cut.exit).not.toBe(0);

    const typed = await recover();
    expect(typed).toEqual(cut.sent && signal === "SIGKILL" ? ["pulumi cancel --yes"] : []);
    await expectDeployed(wanted);
    if (existing) expect(claimsOf(await uids(api, first))).toEqual(before);
    else expect(claimsOf(await uids(api, first))).toMatchObject(before);

    if (!existing) expect(await stack.run(["destroy", "--yes"])).toMatchObject({ exit: 0 });
  });
});
