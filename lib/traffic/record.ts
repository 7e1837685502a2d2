import { z } from "zod";
import type { ShiftPlan, ShiftState } from "./shift";

/**
 * What a shift writes about itself beside the weights, so that a second one is refused while it is under way, and goes on
 * where it was if it is killed.
 */
export interface ShiftRecord {
  readonly plan: ShiftPlan;
  readonly state: ShiftState;
  /** Who moves: one run of the command on one machine. */
  readonly holder: string;
  /** When it was last alive, in milliseconds since 1970. */
  readonly renewed: number;
}

/** The annotation of the weights' object that holds it. */
export const shiftAnnotation = "fabric-topologies.dev/shift";

/** Who has not written for so long is no longer at it. */
export const silentAfter = 30_000;

const percentages = z.record(z.string(), z.int().min(0).max(100));

const record = z.strictObject({
  plan: z.strictObject({
    pool: z.string(),
    before: z.record(z.string(), z.number().min(0)),
    from: percentages,
    to: percentages,
    step: z.int().min(1).max(100),
    hold: z.number().min(0),
    limits: z.strictObject({ errors: z.number(), silence: z.int() }),
  }),
  state: z.strictObject({
    phase: z.enum(["moving", "returning", "arrived", "returned"]),
    at: z.int().min(0),
    since: z.number(),
    silent: z.int(),
    unwell: z.array(z.string()),
    reason: z.string().exactOptional(),
  }),
  holder: z.string(),
  renewed: z.number(),
});

/**
 * What stands in an annotation.
 * @throws Error where it was not written by this program, or by another version of it
 */
export function readRecord(text: string): ShiftRecord {
  try {
    return record.parse(JSON.parse(text));
  } catch {
    throw new Error(`the annotation ${shiftAnnotation} is not what a shift writes: ${text.slice(0, 80)}`);
  }
}
