/** Tests with real nodes: where they can run, and what is in their pods. */
import { Writable } from "node:stream";
import { CoreV1Api, Exec, type KubeConfig, type V1Pod } from "@kubernetes/client-node";
import { addProgram, emptyBase } from "../../../sandbox/images/base";
import { archiveImage, type ImageArchive } from "../../../sandbox/images/image";
import { missingForRealNodes } from "../../../sandbox/nodes/tools";
import { zoneLabel } from "../../../sandbox/simulation/labels";

const missing = missingForRealNodes();
if (missing.length > 0) {
  process.stderr.write(`real nodes: skipped, as ${missing.map(({ what }) => what).join("; ")}\n`);
}

/** `describe` where this machine can have real nodes; elsewhere it skips. */
export const describeRealNodes = missing.length === 0 ? describe : describe.skip;

/** A real node needs its time where all of its kind are busy. */
export const patience = 300_000;

/** A name that no registry answers to: what runs is what was imported. */
const reference = "docker.io/fabric-topologies/test-node:1";

/** An image of this Node.js and nothing else. */
export async function nodeImage(): Promise<ImageArchive> {
  const root = emptyBase();
  await addProgram(root, "/usr/bin/node", process.execPath);
  return archiveImage({ reference, root, defaults: { environment: { PATH: "/usr/bin" } } });
}

/** A pod that runs a script in a zone, under the rules of the `restricted` level; with a claim, on /data. */
export function scriptPod(name: string, zone: string, script: string, claim?: string): V1Pod {
  return {
    metadata: { name, labels: { app: name } },
    spec: {
      nodeSelector: { [zoneLabel]: zone },
      terminationGracePeriodSeconds: 1,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 10001,
        runAsGroup: 10001,
        fsGroup: 10001,
        seccompProfile: { type: "RuntimeDefault" },
      },
      containers: [
        {
          name: "main",
          image: reference,
          imagePullPolicy: "IfNotPresent",
          command: ["node", "-e", script],
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
          ...(claim ? { volumeMounts: [{ name: "data", mountPath: "/data" }] } : {}),
        },
      ],
      ...(claim ? { volumes: [{ name: "data", persistentVolumeClaim: { claimName: claim } }] } : {}),
    },
  };
}

/** What a script says that is run in a pod by `exec`. */
export async function execScript(config: KubeConfig, namespace: string, pod: string, script: string): Promise<string> {
  let said = "";
  const output = new Writable({
    write: (chunk: Buffer, _, done) => {
      said += chunk.toString();
      done();
    },
  });
  await new Promise<void>((resolve, reject) => {
    new Exec(config)
      .exec(namespace, pod, "main", ["node", "-e", script], output, output, null, false, ({ status, message }) => {
        if (status === "Success") resolve();
        else reject(new Error(`${message}: ${said}`));
      })
      .catch(reject);
  });
  return said;
}

/** Whether the pod of this name is ready. */
export async function isReadyPod(config: KubeConfig, namespace: string, name: string): Promise<boolean> {
  const { status } = await config.makeApiClient(CoreV1Api).readNamespacedPod({ namespace, name });
  return status?.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True") ?? false;
}
