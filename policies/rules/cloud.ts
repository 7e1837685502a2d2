import { at, fields, items, shown, texts } from "../manifest";
import type { ResourceRule } from "../rule";
import { resource } from "./cloud-resources";

const common = { domain: "cloud", scope: "resource" } as const;
const atRest = "GB/T 39786-2021, data at rest";
const audit = "GB/T 22239-2019 (MLPS 2.0), secure computing environment: security audit";

/** What a cluster's control plane must write down: who asked the API server for what, and who he said he was. */
const wanted = ["api", "audit", "authenticator"] as const;

/** What lies on a cloud's disks is encrypted, and what its control planes did is written down. */
export const cloudRules: readonly ResourceRule[] = [
  {
    ...common,
    types: ["aws:ebs/volume:Volume", "aws:rds/instance:Instance", "aws:rds/cluster:Cluster"],
    id: "cloud-disks-encrypted",
    title: "Disks and databases are encrypted",
    severity: "mandatory",
    why: "A ledger holds what banks told each other, and its disk outlives the machine: a copy of an unencrypted one is readable by whoever may read snapshots.",
    sources: ["AWS documentation, Amazon EBS encryption", "AWS documentation, Encrypting Amazon RDS resources", atRest],
    remedy: "Set encrypted (a volume) or storageEncrypted (a database) to true.",
    check: ({ type, inputs }) => {
      const key = type.startsWith("aws:ebs/") ? "encrypted" : "storageEncrypted";
      return inputs[key] === true ? [] : [{ found: `${key} ${shown(inputs[key])}` }];
    },
    examples: {
      bad: resource("aws:ebs/volume:Volume", "ledger", { availabilityZone: "eu-central-1a", size: 20 }),
      good: resource("aws:ebs/volume:Volume", "ledger", {
        availabilityZone: "eu-central-1a",
        size: 20,
        encrypted: true,
      }),
    },
  },
  {
    ...common,
    types: ["aws:eks/cluster:Cluster", "gcp:container/cluster:Cluster"],
    id: "cloud-secrets-encrypted",
    title: "A cluster encrypts its Secrets under a key of ours",
    severity: "mandatory",
    why: "Secrets of enrolment lie in the cluster's database. Under a key of the cloud's own nobody of ours can say who read them, nor end it.",
    sources: [
      "R4",
      "AWS documentation, Encrypt Kubernetes secrets with KMS on existing clusters",
      "GKE documentation, Encrypt secrets at the application layer",
      atRest,
    ],
    remedy: "Set encryptionConfig for secrets (EKS), or databaseEncryption with state ENCRYPTED and a key (GKE).",
    check: ({ type, inputs }) => {
      if (type.startsWith("gcp:")) {
        const state = at(inputs["databaseEncryption"], "state");
        return state === "ENCRYPTED" ? [] : [{ found: `databaseEncryption ${shown(state)}` }];
      }
      const { resources, provider } = fields(inputs["encryptionConfig"]);
      return texts(resources).includes("secrets") && provider !== undefined
        ? []
        : [{ found: "no encryptionConfig for secrets" }];
    },
    examples: {
      bad: resource("aws:eks/cluster:Cluster", "prod", { version: "1.33" }),
      good: resource("aws:eks/cluster:Cluster", "prod", {
        version: "1.33",
        encryptionConfig: {
          provider: { keyArn: "arn:aws:kms:eu-central-1:111122223333:key/example" },
          resources: ["secrets"],
        },
      }),
    },
  },
  {
    ...common,
    types: ["aws:eks/cluster:Cluster", "gcp:container/cluster:Cluster"],
    id: "cloud-control-plane-logged",
    title: "A cluster's control plane writes down who asked for what",
    severity: "mandatory",
    why: "Without its log nobody can say who read a Secret or deleted a claim, and no audit of a bank's accepts that.",
    sources: [
      "AWS documentation, Send control plane logs to CloudWatch Logs",
      "GKE documentation, About GKE logs",
      audit,
    ],
    remedy: `Enable ${wanted.join(", ")} under enabledClusterLogTypes (EKS); leave loggingService as it is (GKE).`,
    check: ({ type, inputs }) => {
      if (type.startsWith("gcp:")) {
        const service = inputs["loggingService"];
        return service === "none" ? [{ found: "loggingService none" }] : [];
      }
      const enabled = texts(inputs["enabledClusterLogTypes"]);
      const missing = wanted.filter((kind) => !enabled.includes(kind));
      return missing.length === 0 ? [] : [{ found: `no log of ${missing.join(", ")}` }];
    },
    examples: {
      bad: resource("gcp:container/cluster:Cluster", "staging", { loggingService: "none" }),
      good: resource("aws:eks/cluster:Cluster", "prod", { enabledClusterLogTypes: ["api", "audit", "authenticator"] }),
    },
  },
  {
    ...common,
    types: ["gcp:compute/subnetwork:Subnetwork"],
    id: "cloud-flows-logged",
    title: "A subnetwork of Google Cloud writes down its flows",
    severity: "advisory",
    why: "What went over the wire before an incident can be told only by who wrote it down.",
    sources: ["Google Cloud documentation, VPC Flow Logs", audit],
    remedy: "Set logConfig of the subnetwork.",
    check: ({ inputs }) => (inputs["logConfig"] === undefined ? [{ found: "no logConfig" }] : []),
    examples: {
      bad: resource("gcp:compute/subnetwork:Subnetwork", "nodes", { ipCidrRange: "10.1.0.0/16" }),
      good: resource("gcp:compute/subnetwork:Subnetwork", "nodes", {
        ipCidrRange: "10.1.0.0/16",
        logConfig: { aggregationInterval: "INTERVAL_5_SEC" },
      }),
    },
  },
  {
    ...common,
    types: ["aws:ec2/launchTemplate:LaunchTemplate"],
    id: "cloud-machines-encrypted",
    title: "Machines are started with encrypted disks, and tell their credentials to their own processes only",
    severity: "mandatory",
    why: "Images and emptyDirs of every pod lie on the machine's disk. With version 1 of the metadata service any pod asks for the machine's credentials.",
    sources: ["AWS documentation, Use IMDSv2", "AWS documentation, Amazon EKS best practices: identity", atRest],
    remedy: "Set ebs.encrypted of every block device to true, and metadataOptions.httpTokens to required.",
    check: ({ inputs }) => [
      ...items(inputs["blockDeviceMappings"])
        .filter(({ ebs }) => ebs !== undefined && String(at(ebs, "encrypted")) !== "true")
        .map(({ deviceName }) => ({ found: `the unencrypted disk ${shown(deviceName)}` })),
      ...(at(inputs["metadataOptions"], "httpTokens") === "required"
        ? []
        : [{ found: `metadataOptions.httpTokens ${shown(at(inputs["metadataOptions"], "httpTokens"))}` }]),
    ],
    examples: {
      bad: resource("aws:ec2/launchTemplate:LaunchTemplate", "nodes", {
        blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { volumeSize: 50 } }],
      }),
      good: resource("aws:ec2/launchTemplate:LaunchTemplate", "nodes", {
        blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { volumeSize: 50, encrypted: "true" } }],
        metadataOptions: { httpTokens: "required" },
      }),
    },
  },
];
