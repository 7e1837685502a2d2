import * as runtime from "@pulumi/pulumi/runtime";
import { recordedObjects } from "../../lib/deploy/recorded";

const urn = (types: string, name: string) => `urn:pulumi:stack::project::${types}::${name}`;

test("what the engine answers of its state: objects of every site, with what they were", async () => {
  const asked: unknown[] = [];
  await runtime.setMocks(
    {
      newResource: ({ name }) => ({ id: name, state: {} }),
      call: ({ token, inputs }) => {
        asked.push([token, inputs]);
        const labels = { "fabric-topologies.dev/role": "orderer" };
        const stateful = { metadata: { uid: "1", labels }, spec: { replicas: 3 }, __inputs: {} };
        return {
          outputs: {
            [urn("pulumi:pulumi:Stack", "project-stack")]: { outputs: {} },
            [urn("fabric:topologies:Site$pulumi:providers:kubernetes", "city")]: { outputs: {} },
            // As Pulumi 3.259 answers.
            [urn("fabric:topologies:Site$kubernetes:apps/v1:StatefulSet", "city:StatefulSet/ns/orderer")]: {
              id: "ns/orderer",
              outputs: stateful,
            },
            [urn("fabric:topologies:Site$kubernetes:core/v1:Namespace", "town:Namespace/ns")]: { outputs: {} },
          },
        };
      },
    },
    "project",
    "stack",
    true,
  );
  expect(await recordedObjects()).toEqual([
    {
      site: "city",
      key: "StatefulSet/ns/orderer",
      uid: "1",
      labels: { "fabric-topologies.dev/role": "orderer" },
      replicas: 3,
    },
    { site: "town", key: "Namespace/ns", labels: {} },
  ]);
  expect(asked).toEqual([["pulumi:pulumi:readStackResourceOutputs", { stackName: "stack" }]]);
  await runtime.disconnect();
});
