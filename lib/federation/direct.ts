import { objectKey, type KubeObject } from "../constructs/manifests";
import type { Applied } from "./applied";
import { objectFor, type Propagation } from "./propagation";

/** Every object to its member itself, by nobody in between. */
export function renderDirect(propagation: Propagation): Applied[] {
  return [
    ...renderLocal(propagation),
    ...propagation.propagated.flatMap((object) =>
      object.placement.map((member) => atHome(member, objectFor(object, member))),
    ),
  ];
}

/** What no engine holds, to its member itself. */
export function renderLocal({ local }: Pick<Propagation, "local">): Applied[] {
  return [...local].flatMap(([member, objects]) => objects.map((object) => atHome(member, object)));
}

function atHome(member: string, object: KubeObject): Applied {
  return { cluster: member, object, brings: [{ member, key: objectKey(object) }], after: [] };
}
