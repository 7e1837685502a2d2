import type { Html } from "../html";

/** The element that the page has under an id. It is there: the same program writes both. */
export function elementOf<T extends HTMLElement>(id: string, type: abstract new () => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`found no ${type.name} called ${id}`);
  return element;
}

/** Puts markup into an element. It cannot hold anything that acts: values in it are escaped, and the page's rules refuse the rest. */
export function show(element: Element, content: Html): void {
  element.innerHTML = content.text;
}
