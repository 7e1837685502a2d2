/** Realistic changes of a network, and what comes of each. */
import type { Change } from "./change";
import { channelChanges } from "./channels";
import { copyOf, type Model } from "./model";
import { nodeChanges } from "./nodes";
import { organisationChanges } from "./organisations";
import { runtimeChanges } from "./runtime";

const table = { ...nodeChanges, ...organisationChanges, ...channelChanges, ...runtimeChanges };

/** Names a change. */
export type ChangeId = keyof typeof table;

export const changeIds = Object.keys(table) as readonly ChangeId[];

export const changeOf = (id: ChangeId): Change => table[id];

/** A model after a change; the given one stays as it is. */
export function changed(model: Model, id: ChangeId): Model {
  const edited = copyOf(model);
  changeOf(id).edit(edited);
  return edited;
}

/** What a model is before a change: with the changes made that it comes after. */
export function before(model: Model, id: ChangeId): Model {
  return (changeOf(id).after ?? []).reduce((edited, earlier) => changed(edited, earlier as ChangeId), model);
}
