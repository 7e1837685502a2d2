import type { ReplicatedVolume } from "../model";

/**
 * Arguments of `drbdadm create-md` for a volume: as many peers as there are other machines, so that none need be added to
 * metadata later, and the bitmap's granularity where it is not DRBD's own (drbd-utils from 9.33).
 */
export function createMetadata({ name, replicas, granularity }: ReplicatedVolume): readonly string[] {
  return [
    ...["create-md", `--max-peers=${replicas.length - 1}`],
    ...(granularity.tracking === 4096 ? [] : [`--bitmap-block-size=${granularity.tracking / 1024}k`]),
    name,
  ];
}
