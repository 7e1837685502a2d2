import { objectKey, type KubeObject, type SiteManifests } from "../constructs/manifests";
import { isKeptAtHome } from "./propagation";
import type { Engine } from "./render";
import { standing, type LiveForm, type Standing } from "./standing";
import { wordKind, wordOf, wordPath, type EngineWord } from "./words";

/** What can be asked of the API servers of a federation. */
export interface Readers {
  /** An object as a member has it, undefined where it has none. Rejects where the member does not answer. */
  readonly live: (member: string, object: KubeObject) => Promise<LiveForm | undefined>;
  /** What the member's API server says the object would be, were the wanted one applied (a dry run). */
  readonly applied?: (member: string, object: KubeObject) => Promise<LiveForm | undefined>;
  /** The body of a path of the host's API, undefined where there is nothing. Not where there is no host. */
  readonly host?: (path: string) => Promise<unknown>;
}

/** What an engine gets wrong without saying so. */
export type Trap =
  "stale success" | "unretried binding" | "ignored policy" | "stopped propagation" | "annotation fight";

/** How an object stands on a member, by the member's word, and what the engine says beside. */
export interface Truth {
  readonly member: string;
  readonly key: string;
  readonly state: Standing["state"] | "unreachable" | "fought over";
  /** What is not as wanted; empty where all is. */
  readonly detail: string;
  /** The engine's own word, where there is an engine. */
  readonly word?: EngineWord;
  /** What the engine hides, with what to do about it. */
  readonly trap?: { readonly name: Trap; readonly fix: string };
}

interface TruthOptions {
  readonly engine: Engine;
  /** An earlier look: a Deployment whose generation has risen since, though nobody changed it, is fought over. */
  readonly earlier?: readonly Generation[];
}

/** The generation of an object at a look. */
export interface Generation {
  readonly member: string;
  readonly key: string;
  readonly generation: number;
}

/**
 * How everything stands on the members: every object that sites want, as each member itself has it. An engine's word is of what
 * it was told once; where it differs from what is, that is said, with what to do.
 */
export async function truthOf(
  sites: readonly SiteManifests[],
  readers: Readers,
  options: TruthOptions,
): Promise<Truth[]> {
  const all = await Promise.all(
    sites.flatMap(({ site, objects }) => objects.map((object) => lookAt(site, object, readers, options))),
  );
  const heard = all.filter(({ word }) => word !== undefined);
  const deaf = heard.filter(
    ({ word, state }) => word?.heard === false && state !== "as wanted" && state !== "unreachable",
  );
  return all.map((one) => trapped(one, options.engine, heard.length > 0 && deaf.length === heard.length));
}

/** The generations of what was seen, for the next look. */
export async function generationsOf(sites: readonly SiteManifests[], readers: Readers): Promise<Generation[]> {
  const all = await Promise.all(
    sites.flatMap(({ site, objects }) =>
      objects.map(async (object): Promise<Generation[]> => {
        const live = await readers.live(site, object).catch(() => undefined);
        const { generation } = live?.metadata ?? {};
        return generation === undefined ? [] : [{ member: site, key: objectKey(object), generation }];
      }),
    ),
  );
  return all.flat();
}

async function lookAt(member: string, wanted: KubeObject, readers: Readers, options: TruthOptions): Promise<Truth> {
  const key = objectKey(wanted);
  const { engine, earlier = [] } = options;
  const asked = engine === "direct" || isKeptAtHome(wanted) ? undefined : readers.host;
  const said = await asked?.(wordPath(engine as Exclude<Engine, "direct">, wanted)).catch(() => undefined);
  const word = asked === undefined || engine === "direct" ? {} : { word: wordOf(engine, said, member) };
  let live: LiveForm | undefined;
  try {
    live = await readers.live(member, wanted);
  } catch (error) {
    const detail = `${member} does not answer: ${error instanceof Error ? error.message : String(error)}`;
    return { member, key, state: "unreachable", detail, ...word };
  }
  const first = standing(wanted, live);
  const { state, detail } =
    first.state === "different" && readers.applied !== undefined
      ? standing(wanted, live, await readers.applied(member, wanted).catch(() => undefined))
      : first;
  const before = earlier.find((one) => one.member === member && one.key === key)?.generation;
  const now = live?.metadata.generation;
  if (state === "as wanted" && before !== undefined && now !== undefined && now > before) {
    return {
      member,
      key,
      state: "fought over",
      detail: `${key} has been rewritten ${now - before} times since the last look`,
      ...word,
    };
  }
  return { member, key, state, detail, ...word };
}

/** A truth with the trap that the engine's word hides, if it does. */
function trapped(one: Truth, engine: Engine, allDeaf: boolean): Truth {
  const trap = trapOf(one, engine, allDeaf);
  return trap === undefined ? one : { ...one, trap };
}

function trapOf({ member, state, word }: Truth, engine: Engine, allDeaf: boolean): Truth["trap"] {
  if (state === "fought over") {
    return {
      name: "annotation fight",
      fix: "see which two managers write it (`kubectl get … --show-managed-fields`): take our annotation off it, or put it on the pod template",
    };
  }
  if (word === undefined || state === "as wanted" || state === "not rolled out") return undefined;
  if (word.done) {
    return {
      name: "stale success",
      fix:
        state === "unreachable"
          ? `believe nothing of ${member} until its API server answers: what ${engine} says of it is from before`
          : `see the log of ${engine}'s controller for ${member}; it reports what it was told, not what is`,
    };
  }
  if (engine === "karmada" && /NoClusterFit|did not have the API resource/.test(word.reason)) {
    return {
      name: "unretried binding",
      fix: `once ${member} has the kind, change a label of its Cluster (\`kubectl label cluster ${member} retry=1 --overwrite\`): Karmada never tries again by itself`,
    };
  }
  if (engine === "karmada" && !word.heard) {
    return {
      name: "ignored policy",
      fix: "see whether karmada-webhook runs: a policy made without it has no permanent-id and is ignored; delete it, then `pulumi refresh --yes` and `pulumi up`",
    };
  }
  if (engine === "kubefed" && allDeaf) {
    return {
      name: "stopped propagation",
      fix: "find the member whose account may not list a carried kind (`pulumi preview` names it), give it its rights back or delete its KubeFedCluster, and start KubeFed's controller again",
    };
  }
  return undefined;
}

/** Where the engine says what it says of an object, for people who want to look themselves. */
export function whereSaid(engine: Exclude<Engine, "direct">, object: KubeObject): string {
  const { namespace, name } = object.metadata;
  const kind = wordKind(engine, object).toLowerCase();
  const called = engine === "karmada" ? `${name}-${object.kind.toLowerCase()}` : name;
  return `kubectl get ${kind} ${called}${namespace === undefined ? "" : ` -n ${namespace}`} -o yaml`;
}
