import type { Preview } from "../../lib/preview/document";
import type { InputOptions } from "../input";

/** What the sides have in common: the network and the settings that a revision or a topology is looked at with. */
export interface SideOptions extends InputOptions {
  readonly network?: string;
}

export interface SidePreview {
  readonly preview: Preview;
  /** What is to be known of how it was made. */
  readonly note?: string;
}

/** One of the two things that are compared. */
export interface Side {
  /** As it was asked for. */
  readonly label: string;
  /** The Pulumi stack that it names, if it names one. */
  readonly stack?: string;
  /**
   * @param stack Name under which it is recorded: the same for both sides.
   * @throws InvalidInput or CommandError, where it cannot be shown
   */
  readonly preview: (stack: string) => Promise<SidePreview>;
}
