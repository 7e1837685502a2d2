import { anchorOf, html, type Html } from "./html";
import type { Reported } from "./reported";

/** Ways from what is told to the objects that it is told of. */
export interface Links {
  /** To a resource by its URN, called by its kind and name. */
  readonly urn: (urn: string) => Html;
  /** To `<Kind>/<namespace>/<name>`; the same as text where there is no such object. */
  readonly object: (key: string) => Html;
  readonly knows: (key: string) => boolean;
  /** `<Kind>/<namespace>/<name>` of a resource; its URN where it is none that is known. */
  readonly keyOf: (urn: string) => string;
}

export function linksOf({ preview, diff }: Reported): Links {
  const urns = new Map<string, string>();
  const names = new Map<string, string>();
  const learn = (urn: string, name: string) => {
    const [, key = name] = /^[^:]*:(.*)$/.exec(name) ?? [];
    if (!urns.has(key)) urns.set(key, urn);
    names.set(urn, key);
  };
  for (const { urn, name } of preview.graph.resources) learn(urn, name);
  for (const { urn, kind, namespace, name } of diff?.changes ?? []) {
    if (!names.has(urn)) learn(urn, `:${[kind, namespace, name].filter((part) => part !== undefined).join("/")}`);
  }
  const link = (urn: string, text: string) => html`<a href="${anchorOf(urn)}"><code>${text}</code></a>`;
  return {
    knows: (key) => urns.has(key),
    keyOf: (urn) => names.get(urn) ?? urn,
    urn: (urn) => {
      const name = names.get(urn);
      return name === undefined ? html`<code>${urn}</code>` : link(urn, name);
    },
    object: (key) => {
      const urn = urns.get(key);
      return urn === undefined ? html`<code>${key}</code>` : link(urn, key);
    },
  };
}
