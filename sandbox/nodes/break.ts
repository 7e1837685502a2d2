/** Breaks zones and links of real nodes, and heals links; from any process. The daemon does it. */
import { until } from "../controlplane/readiness";
import { SandboxError } from "../errors";
import type { ImageArchive } from "../images/image";
import { readRecord, type SandboxRecord } from "../state";
import { demandFault, demandNoFault, type Fault, faultName, memberFault } from "./faults";
import { importImages } from "./images";

/** Breaks a zone and returns when it is broken. Errors: there is no such zone; the daemon cannot do it. */
export async function breakZone(root: string, zone: string, fault: Fault): Promise<void> {
  known(root, zone);
  demandFault(root, faultName(zone), fault);
  await faultIs(root, faultName(zone), fault);
}

/** Loses every packet between two zones, and returns when that is so. Errors: as {@link breakZone}. */
export async function breakLink(root: string, one: string, other: string): Promise<void> {
  ends(root, one, other);
  demandFault(root, faultName(one, other), "cut");
  await faultIs(root, faultName(one, other), "cut");
}

export async function healLink(root: string, one: string, other: string): Promise<void> {
  ends(root, one, other);
  demandNoFault(root, faultName(one, other));
  await faultIs(root, faultName(one, other), undefined);
}

/** Breaks a member of a federation and returns when it is broken. Errors: the daemon cannot do it. */
export async function breakMember(root: string, member: string, fault: Fault): Promise<void> {
  running(root);
  demandFault(root, memberFault(member), fault);
  await faultIs(root, memberFault(member), fault);
}

/** Heals a member and returns when its API server is ready and its programs run. Errors: as {@link breakMember}. */
export async function healMember(root: string, member: string): Promise<void> {
  running(root);
  demandNoFault(root, memberFault(member));
  await faultIs(root, memberFault(member), undefined);
}

/**
 * Heals a zone's own fault and returns when its machine runs and its cable is in, and whether it was started again. One in
 * which a program ended by itself is, too. Errors: as {@link breakZone}.
 */
export async function healZone(root: string, zone: string): Promise<boolean> {
  const record = known(root, zone);
  let restarted = record.faults[zone] === "killed";
  if (record.children.some((child) => child.zone === zone && child.died !== undefined)) {
    await breakZone(root, zone, "killed");
    restarted = true;
  }
  demandNoFault(root, faultName(zone));
  await faultIs(root, faultName(zone), undefined);
  return restarted;
}

/** Imports images into every zone that is not killed, at the same time. */
export async function importIntoZones(root: string, images: readonly ImageArchive[]): Promise<void> {
  const record = running(root);
  const zones = record.zones.filter(({ name }) => record.faults[name] !== "killed");
  await Promise.all(
    zones.map(async ({ name }) => {
      const first = record.machines[name];
      if (first) await importImages(root, name, first, images);
    }),
  );
}

async function faultIs(root: string, name: string, fault: Fault | undefined): Promise<void> {
  let record = running(root);
  await until(
    `${name} ${fault ?? "healed"}`,
    () => {
      record = running(root);
      return record.faults[name] === fault || record.faultFailure !== undefined;
    },
    { seconds: 120, everyMilliseconds: 25 },
  );
  if (record.faults[name] === fault) return;
  throw new SandboxError(
    `${name} cannot be ${fault ?? "healed"}: ${record.faultFailure}`,
    'see the reason; "fabric-topologies sandbox down" removes everything whatever its state',
  );
}

function running(root: string): SandboxRecord {
  const record = readRecord(root);
  if (record) return record;
  throw new SandboxError(`no sandbox runs in ${root}`, "start one: fabric-topologies sandbox up --nodes real");
}

function known(root: string, zone: string): SandboxRecord {
  const record = running(root);
  const names = record.zones.map(({ name }) => name);
  if (names.includes(zone)) return record;
  throw new SandboxError(`the sandbox has no zone "${zone}"`, `name one of: ${names.join(", ")}`);
}

function ends(root: string, one: string, other: string): void {
  known(root, one);
  known(root, other);
  if (one === other) throw new SandboxError(`a link from ${one} to itself`, "name two different zones");
}
