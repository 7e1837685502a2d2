import type { Expected } from "../change";
import { channels } from "./channels";
import { nodes } from "./nodes";
import { organisations } from "./organisations";
import { runtime } from "./runtime";

/** What a diff has to say of each change that it can compare. */
export const expected: Readonly<Record<string, Expected>> = { ...nodes, ...organisations, ...channels, ...runtime };
