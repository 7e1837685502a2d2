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
  /** @throws CannotBeShown */
  readonly preview: () => Promise<SidePreview>;
}

/** Why a side cannot be shown, as people should read it. */
export class CannotBeShown extends Error {
  override readonly name: string = "CannotBeShown";
}
