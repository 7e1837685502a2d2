import { parse } from "yaml";
import { fieldAt } from "../../deploy/fields";
import type { RecordedResource } from "../graph";
import { changedPairs, keyOf, kindOf, statement, type Comparison } from "./comparison";
import type { Statement } from "./document";

/** How long certificates hold, when they are renewed, and who needs one. */
export function certificateStatements(comparison: Comparison): Statement[] {
  return [...clients(comparison), ...validity(comparison), ...renewal(comparison)];
}

/** Where Fabric's nodes say whether they ask their clients for a certificate (core.yaml, orderer.yaml). */
const clientAuthentication = [
  { file: "core.yaml", path: ["peer", "tls", "clientAuthRequired"] },
  { file: "orderer.yaml", path: ["General", "TLS", "ClientAuthRequired"] },
];

function clients(comparison: Comparison): Statement[] {
  const changed = clientAuthentication.flatMap(({ file, path }) => settings(comparison, file, path));
  const told = (to: boolean, says: string) => {
    const some = changed.filter(({ is }) => is === to);
    if (some.length === 0) return [];
    return [statement("security", says, { care: true, details: some.map(({ key }) => key), urns: urnsOf(some) })];
  };
  return [
    ...told(false, "Nodes do not ask their clients for a certificate any more: mutual TLS is off."),
    ...told(true, "Nodes ask their clients for a certificate from now on: those without one are turned away."),
  ];
}

function validity(comparison: Comparison): Statement[] {
  const changed = settings(comparison, "serving.yaml", ["signing", "default", "expiry"]);
  return each(
    changed,
    (was, is) => `New certificates hold for ${is}, where it was ${was}; those that are there stay as they are.`,
  );
}

const renewalVariable = /\[AGENT_RENEW_BEFORE\]\.value$/;

function renewal(comparison: Comparison): Statement[] {
  const changed = changedPairs(comparison).flatMap(({ change }) =>
    change.fields
      .filter(({ path }) => renewalVariable.test(path))
      .map(({ before: was, after: is }): Setting => ({ key: keyOf(change), urn: change.urn, was, is })),
  );
  return each(changed, (was, is) => `Certificates are renewed when less than ${is} is left, where it was ${was}.`);
}

interface Setting {
  readonly key: string;
  readonly urn: string;
  readonly was: unknown;
  readonly is: unknown;
}

const urnsOf = (some: readonly Setting[]) => some.map(({ urn }) => urn);

/** One sentence for all that changed alike. */
function each(changed: readonly Setting[], says: (was: string, is: string) => string): Statement[] {
  const sentences = new Map<string, Setting[]>();
  for (const one of changed) {
    const sentence = says(String(one.was), String(one.is));
    sentences.set(sentence, [...(sentences.get(sentence) ?? []), one]);
  }
  return [...sentences].map(([sentence, some]) =>
    statement("identity", sentence, { details: some.map(({ key }) => key), urns: urnsOf(some) }),
  );
}

/** A value in a configuration file of changed ConfigMaps, where it is on both sides and another one. */
function settings(comparison: Comparison, file: string, path: readonly string[]): Setting[] {
  return changedPairs(comparison).flatMap(({ before, after, change }) => {
    if (kindOf(after) !== "ConfigMap") return [];
    const [was, is] = [valueIn(before, file, path), valueIn(after, file, path)];
    return was === undefined || is === undefined || was === is
      ? []
      : [{ key: keyOf(change), urn: change.urn, was, is }];
  });
}

function valueIn({ inputs }: RecordedResource, file: string, path: readonly string[]): unknown {
  const text = fieldAt(inputs, ["data", file]);
  return typeof text === "string" ? fieldAt(parse(text), path) : undefined;
}
