import type { Placement } from "../lib/placement/node";
import type { Path } from "../lib/spec/problem";
import type { Network } from "../lib/spec/network";

/**
 * A Kubernetes object as a rule sees it. Every object that synthesis makes is one, and so are the inputs of a recorded
 * Pulumi resource and what an API server is asked to admit: nothing is taken for granted but kind and name.
 */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** The objects of one site (one cluster). */
export interface SiteObjects {
  readonly site: string;
  readonly objects: readonly Manifest[];
}

/** A resource of a cloud as a Pulumi program asks for it: what no cluster holds. */
export interface CloudResource {
  /** Pulumi's type token, such as `aws:ebs/volume:Volume`. */
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** Everything that runs: all objects of all sites, and where the plan puts nodes, where there is a plan. */
export interface Stack {
  readonly sites: readonly SiteObjects[];
  /** Known to whoever sees a Pulumi program, not only the objects: the recorder and the engine. */
  readonly resources?: readonly CloudResource[];
  /** Known at synthesis; the real engine sees objects only, so no rule may fail for want of it. */
  readonly placement?: Placement;
}

/** A mandatory rule stops synthesis unless it is waived; an advisory one is only told. */
export type Severity = "mandatory" | "advisory";

/** What rules are about, in the order in which they are listed. */
export const domains = {
  consensus: "Consensus placement",
  disruption: "Disruption",
  identity: "Identity and keys",
  network: "Network isolation",
  pods: "Pod security",
  images: "Images",
  storage: "Storage and retention",
  backups: "Backups and recovery targets",
  exposure: "Exposure of endpoints",
  cloud: "Cloud encryption and logging",
  names: "Names and their stability",
} as const;
export type Domain = keyof typeof domains;

/** What a check found wrong with one object, in words that go on from "found". */
export interface Fault {
  readonly found: string;
  /** The object that is to be mended; said by rules over the stack, known to rules over objects. */
  readonly object?: Manifest;
}

/** What an API server is asked, as admission knows it: kinds of objects, and what is done with them. */
export interface AdmissionMatch {
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly operations: readonly ("CREATE" | "UPDATE")[];
  readonly resources: readonly string[];
}

/** Objects that are admitted by the same expressions: one ValidatingAdmissionPolicy of a network. */
export interface AdmissionGroup {
  /** Part of the policy's name. */
  readonly name: string;
  readonly match: readonly AdmissionMatch[];
  /** Whether the objects belong to the cluster and are told by their own label, not by that of their namespace. */
  readonly clusterWide: boolean;
  /** True, in CEL, where an update has changed nothing that any of the expressions is about. */
  readonly unchanged: string;
  /** Names for parts of the object that expressions mention as `variables.<name>`. */
  readonly variables: Readonly<Record<string, string>>;
}

/** The same rule for the API server (Kubernetes, ValidatingAdmissionPolicy): the expression is true where it is kept. */
export interface Cel {
  readonly on: AdmissionGroup;
  readonly expression: string;
  readonly message: string;
}

interface RuleText {
  /** Never changes: waivers, reports and the admission policies in clusters name it. */
  readonly id: string;
  readonly domain: Domain;
  /** The rule in a sentence that says how things are where it is kept. */
  readonly title: string;
  readonly severity: Severity;
  /** What happens where it is not kept. */
  readonly why: string;
  /** Who asks for it: requirements (R1 to R11, docs/requirements.md), documentation, standards, decisions of ours. */
  readonly sources: readonly [string, ...string[]];
  /** What to do: one imperative sentence. */
  readonly remedy: string;
  /** Where in the network file the cause may stand; by default the organisation whose object it is. */
  readonly place?: (network: Network, object: Manifest | undefined, found: string) => Path | undefined;
}

/** A rule that one object keeps or breaks by itself, whoever shows it. */
export interface ObjectRule extends RuleText {
  readonly scope: "object";
  /** The kinds that it is about. */
  readonly kinds: readonly [string, ...string[]];
  /** Pure. Nothing: the object keeps the rule. */
  readonly check: (object: Manifest) => readonly Fault[];
  readonly examples: { readonly bad: Manifest; readonly good: Manifest };
  readonly cel?: Cel;
}

/** A rule about how objects fit together. */
export interface StackRule extends RuleText {
  readonly scope: "stack";
  readonly check: (stack: Stack) => readonly Fault[];
  readonly examples: { readonly bad: Stack; readonly good: Stack };
}

/** A rule that one resource of a cloud keeps or breaks by itself, told by its type and what the program says of it. */
export interface ResourceRule extends RuleText {
  readonly scope: "resource";
  /** Type tokens of Pulumi's plain providers that it is about. */
  readonly types: readonly [string, ...string[]];
  /** Pure. Nothing: the resource keeps the rule. What is known only after the resource is made may be missing. */
  readonly check: (resource: CloudResource) => readonly Fault[];
  readonly examples: { readonly bad: CloudResource; readonly good: CloudResource };
}

/** One rule, from which everything about it is made: verdicts, lists, pages, and what other executors need. */
export type Rule = ObjectRule | StackRule | ResourceRule;
