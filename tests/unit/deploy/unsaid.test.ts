import { asApplied } from "../../../lib/deploy/protection";
import { withoutUnsaid } from "../../../lib/deploy/unsaid";

const object = (kind: string, rest: object) => ({
  apiVersion: "v1",
  kind,
  metadata: { name: "one", labels: {} },
  ...rest,
});
const pod = (rest: object) => ({ spec: { template: { spec: rest } } });

test.each([
  ["Service", { spec: { publishNotReadyAddresses: false, ports: [] } }, { spec: { ports: [] } }],
  ["NetworkPolicy", { spec: { podSelector: {}, ingress: [], egress: [] } }, { spec: { podSelector: {} } }],
  ["StorageClass", { provisioner: "a", parameters: {} }, { provisioner: "a" }],
  [
    "StatefulSet",
    pod({ initContainers: [{ env: [{ name: "A", value: "" }] }], containers: [{ env: [{ name: "B", value: "" }] }] }),
    pod({ initContainers: [{ env: [{ name: "A" }] }], containers: [{ env: [{ name: "B" }] }] }),
  ],
])("a %s says nothing where Kubernetes would not", (kind, said, left) => {
  expect(withoutUnsaid(object(kind, said))).toEqual(object(kind, left));
});

test.each([
  ["Service", { spec: { publishNotReadyAddresses: true } }],
  ["NetworkPolicy", { spec: { podSelector: {}, ingress: [{}] } }],
  ["StorageClass", { parameters: { type: "gp3" } }],
  ["Deployment", pod({ automountServiceAccountToken: false, volumes: [{ emptyDir: {} }], containers: [{ env: [] }] })],
  [
    "Deployment",
    pod({
      containers: [
        {
          env: [
            { name: "A", value: "1" },
            { name: "B", valueFrom: { fieldRef: {} } },
          ],
        },
      ],
    }),
  ],
  ["ConfigMap", { data: { empty: "" } }],
  ["Role", { rules: [{ apiGroups: [""] }] }],
])("a %s keeps what means something", (kind, said) => {
  expect(withoutUnsaid(object(kind, said))).toEqual(object(kind, said));
});

test("objects are applied so", () => {
  expect(asApplied(object("StorageClass", { parameters: {} }))).not.toHaveProperty("parameters");
});
