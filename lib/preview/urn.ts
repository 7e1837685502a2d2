/**
 * URNs as Pulumi's engine makes them (pulumi/sdk, resource/urn): `urn:pulumi:<stack>::<project>::<types>::<name>`, where
 * types are those of all parents and its own, joined by `$`. The root stack counts for none.
 */

const rootType = "pulumi:pulumi:Stack";

/** What a URN says. */
interface UrnParts {
  readonly stack: string;
  readonly project: string;
  /** Its own type behind those of its parents. */
  readonly types: string;
  readonly name: string;
}

/** The URN of a resource below a parent; below the root where there is none. */
export function urnOf(
  { stack, project, type, name }: Omit<UrnParts, "types"> & { readonly type: string },
  parent: string | undefined,
): string {
  const above = parent === undefined ? rootType : urnParts(parent).types;
  return `urn:pulumi:${stack}::${project}::${above === rootType ? "" : `${above}$`}${type}::${name}`;
}

/** Takes a URN apart. Names may hold colons. */
function urnParts(urn: string): UrnParts {
  const [first = "", project = "", types = "", ...name] = urn.split("::");
  return { stack: first.slice("urn:pulumi:".length), project, types, name: name.join("::") };
}

/** A former identity, by what was different: what it leaves out is as it is now. */
export interface AliasSpec {
  readonly name?: string;
  readonly type?: string;
  readonly stack?: string;
  readonly project?: string;
  /** "none": it had no parent. Without it, the parent is as it is now. */
  readonly parent?: string;
}

/**
 * The URNs under which the engine finds a resource in its state: those that its aliases say, and those that follow where
 * its parent has other names, too.
 */
export function aliasUrns(
  resource: { readonly urn: string; readonly type: string; readonly parent: string | undefined },
  aliases: readonly (string | AliasSpec)[],
  parentAliases: readonly string[],
): string[] {
  const now = urnParts(resource.urn);
  const specs: AliasSpec[] = [{}, ...aliases.filter((alias) => typeof alias !== "string")];
  const parentName = resource.parent === undefined ? "" : urnParts(resource.parent).name;
  const urns = specs.flatMap((spec) => {
    const { stack = now.stack, project = now.project, type = resource.type } = spec;
    const name = spec.name ?? now.name;
    const at = (parent: string | undefined, as: string) => urnOf({ stack, project, type, name: as }, parent);
    if (spec.parent === "none") return [at(undefined, name)];
    if (spec.parent !== undefined) return [at(spec.parent, name)];
    return [
      at(resource.parent, name),
      // Children that are named after their parent were so under its former name.
      ...parentAliases.map((parent) =>
        at(
          parent,
          spec.name === undefined && parentName !== "" && name.startsWith(parentName)
            ? urnParts(parent).name + name.slice(parentName.length)
            : name,
        ),
      ),
    ];
  });
  const written = aliases.filter((alias) => typeof alias === "string");
  return [...new Set([...written, ...urns])].filter((urn) => urn !== resource.urn).sort();
}
