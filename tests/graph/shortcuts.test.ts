/** A recording takes shortcuts through Pulumi's SDK: they change nothing, and they are taken. */
import { createHook } from "node:async_hooks";
import type { KubeObject } from "../../lib/constructs/manifests";
import type * as recorder from "../../lib/preview/record";
import { example } from "../../scripts/pages/examples";

jest.setTimeout(60_000);
const identity = { project: "project", stack: "stack" };

/** The recorder with its own copy of the SDK, or one that goes all the way. */
function recorderWith(shortcuts: boolean): typeof recorder {
  let loaded: typeof recorder | undefined;
  jest.isolateModules(() => {
    if (!shortcuts) {
      jest.doMock("../../lib/preview/sdk-shortcuts", () => ({ takeShortcuts: () => () => undefined }));
    }
    loaded = jest.requireActual<typeof recorder>("../../lib/preview/record");
  });
  jest.dontMock("../../lib/preview/sdk-shortcuts");
  return loaded!;
}

test("what is recorded is the same without them", async () => {
  const [short, long] = [recorderWith(true), recorderWith(false)];
  const trade = example("trade-finance");
  expect(await short.recordNetwork(trade, identity)).toEqual(await long.recordNetwork(trade, identity));
});

/** How many promises a recording of so many objects makes, for each of them. */
async function promisesOfEach({ recordNetwork }: typeof recorder, objects: number): Promise<number> {
  const trade = example("trade-finance");
  const configMap = (index: number): KubeObject => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: `map-${index}`, namespace: "trade", labels: {} },
    data: { file: "content", list: "of several", lines: "" },
  });
  const site = {
    site: trade.settings.sites[0]!.name,
    objects: Array.from({ length: objects }, (_, index) => configMap(index)),
    dependencies: new Map<string, readonly string[]>(),
  };
  let promises = 0;
  const hook = createHook({ init: (_, type) => void (promises += type === "PROMISE" ? 1 : 0) }).enable();
  try {
    const { resources } = await recordNetwork({ ...trade, synthesise: () => [site] }, identity);
    expect(resources.filter(({ name }) => name.includes("ConfigMap"))).toHaveLength(objects);
  } finally {
    hook.disable();
  }
  return promises / objects;
}

test("a resource takes as many promises among many as among few", async () => {
  const recording = recorderWith(true);
  const few = await promisesOfEach(recording, 100);
  expect((await promisesOfEach(recording, 400)) / few).toBeLessThan(1.2);
});

test("a resource takes less than half of the promises that it takes without", async () => {
  const short = await promisesOfEach(recorderWith(true), 100);
  expect((await promisesOfEach(recorderWith(false), 100)) / short).toBeGreaterThan(2);
});
