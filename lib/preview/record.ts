import "./light-sdk";
import * as runtime from "@pulumi/pulumi/runtime";
import type { Alias } from "@pulumi/pulumi/proto/alias_pb";
import { RegisterResourceResponse, type RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { deployNetwork, registerUnseen, type Deployable } from "../deploy/program";
import type { RecordedGraph, RecordedResource } from "./graph";
import { maskedInputs, withoutSecrets } from "./mask";
import { takeShortcuts } from "./sdk-shortcuts";
import { aliasUrns, urnOf, type AliasSpec } from "./urn";

/** Whose state the resources would be kept in: parts of every URN. */
export interface StackIdentity {
  readonly project: string;
  readonly stack: string;
}

/**
 * What the Pulumi program would ask the engine for, with no engine, no cluster and no credentials: the program of
 * index.ts without the look at the live clusters, in a preview of a stack that has nothing yet.
 */
export function recordNetwork(network: Deployable, identity: StackIdentity): Promise<RecordedGraph> {
  // Made beforehand: what goes wrong here is ours, and its trace is wanted.
  const manifests = network.synthesise();
  const made = { ...network, synthesise: () => manifests };
  return record(() => deployNetwork(made, registerUnseen), identity);
}

/**
 * Recordings take turns. Pulumi's SDK keeps its connection and its options once for the whole process, and what would
 * give each its own is no public part of it; a process for each would cost half a second to load the SDK again.
 */
let turn: Promise<unknown> = Promise.resolve();

/**
 * Runs a program against a monitor that answers as the engine does in a first preview: every resource gets its URN and
 * its inputs back, and what only a provider could tell, such as an id, is unknown.
 *
 * @param program Gives the stack's outputs.
 * @throws what the program throws
 */
export function record(program: () => unknown, identity: StackIdentity): Promise<RecordedGraph> {
  const mine = turn.then(() => recordAlone(program, identity));
  turn = mine.catch(() => undefined);
  return mine;
}

async function recordAlone(program: () => unknown, { project, stack }: StackIdentity): Promise<RecordedGraph> {
  await runtime.setMocks(
    { newResource: ({ inputs }) => ({ id: undefined, state: inputs as object }), call: () => ({}) },
    project,
    stack,
    true,
  );
  const resources = new Map<string, RecordedResource>();
  let outputs: Readonly<Record<string, unknown>> = {};
  // The SDK's own mock monitor makes other URNs than the engine, answers ids, and keeps neither options nor secrets.
  Object.assign(runtime.getMonitor() ?? {}, {
    registerResource(request: RegisterResourceRequest, answer: Answer<RegisterResourceResponse>): void {
      const resource = recordedResource(request, { project, stack }, resources);
      resources.set(resource.urn, resource);
      const response = new RegisterResourceResponse();
      response.setUrn(resource.urn);
      response.setObject(request.getObject());
      answer(null, response);
    },
    registerResourceOutputs(request: OutputsRequest, answer: Answer<object>): void {
      if (resources.get(request.getUrn())?.type === rootType) {
        outputs = withoutSecrets(request.getOutputs()?.toJavaScript() ?? {}) as Record<string, unknown>;
      }
      answer(null, {});
    },
  });
  const { stackTraceLimit } = Error;
  // The SDK takes a stack trace for each of thousands of promises, which is half of the time.
  Error.stackTraceLimit = 0;
  const takeLongWayAgain = takeShortcuts();
  let thrown: { readonly error: unknown } | undefined;
  try {
    await runtime.runInPulumiStack(async () => {
      // Left to the SDK, it would end the process: a promise of the stack's own stays without anybody to hear of it.
      try {
        return (await program()) as object;
      } catch (error) {
        thrown = { error };
        return {};
      }
    });
  } finally {
    await runtime.disconnect();
    takeLongWayAgain();
    Error.stackTraceLimit = stackTraceLimit;
  }
  if (thrown !== undefined) throw thrown.error;
  return {
    project,
    stack,
    resources: [...resources.values()].sort((a, b) => (a.urn < b.urn ? -1 : 1)),
    outputs,
  };
}

const rootType = "pulumi:pulumi:Stack";

type Answer<T> = (error: null, response: T) => void;

interface OutputsRequest {
  getUrn(): string;
  getOutputs(): { toJavaScript(): object } | undefined;
}

function recordedResource(
  request: RegisterResourceRequest,
  { project, stack }: StackIdentity,
  known: ReadonlyMap<string, RecordedResource>,
): RecordedResource {
  const [type, name] = [request.getType(), request.getName()];
  const parent = request.getParent() || undefined;
  const urn = urnOf({ project, stack, type, name }, parent);
  const provider = request.getProvider();
  const aliases = [...request.getAliasurnsList(), ...request.getAliasesList().map(aliasOf)];
  return {
    urn,
    type,
    name,
    custom: request.getCustom(),
    ...(parent === undefined ? {} : { parent }),
    // A reference is a URN and an id, which no provider has before it is configured.
    ...(provider === "" ? {} : { provider: provider.slice(0, provider.lastIndexOf("::")) }),
    dependencies: request.getDependenciesList().sort(),
    inputs: maskedInputs(type, request.getObject()?.toJavaScript() ?? {}),
    protect: request.getProtect() ?? false,
    retainOnDelete: request.getRetainondelete() ?? false,
    deleteBeforeReplace: request.getDeletebeforereplace(),
    ignoreChanges: request.getIgnorechangesList(),
    aliases: aliasUrns(
      { urn, type, parent },
      aliases,
      (parent === undefined ? undefined : known.get(parent))?.aliases ?? [],
    ),
  };
}

function aliasOf(alias: Alias): string | AliasSpec {
  const spec = alias.getSpec();
  if (spec === undefined) return alias.getUrn();
  const parent = spec.getNoparent() ? "none" : spec.getParenturn();
  return Object.fromEntries(
    Object.entries({
      name: spec.getName(),
      type: spec.getType(),
      stack: spec.getStack(),
      project: spec.getProject(),
      parent,
    }).filter(([, value]) => value !== ""),
  );
}
