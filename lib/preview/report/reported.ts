import type { Diff } from "../diff/document";
import type { Preview } from "../document";

/** What a report tells about: a preview, or what changes on the way to it. */
export interface Reported {
  /** How it will be. */
  readonly preview: Preview;
  readonly diff?: Diff;
}
