import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { btrfsDriver } from "../../../agent/snapshots/btrfs";
import { Catalogue } from "../../../agent/snapshots/catalogue";
import { httpsTransport, serveReceivers, type TlsFiles } from "../../../agent/snapshots/https";
import { shippingDriver } from "../../../agent/snapshots/keep";
import { Receiver } from "../../../agent/snapshots/receive";
import { Shipper } from "../../../agent/snapshots/ship";
import { type CatalogueEntry, newestEntry } from "../../../lib/recovery/snapshots/catalogue";
import { increments } from "../../../lib/recovery/snapshots/schedule";
import { BtrfsFileSystems } from "../../storage/btrfs-file-systems";
import { testOrganisation } from "../identities";
import type { BareNode } from "./bare-node";

const unit = "center-1";
const host = "keeper.center-3.example.com";

/** The ordering nodes of a center in one subvolume, shipped to another file system as they are in production. */
export class ShippedUnit {
  private readonly systems = new BtrfsFileSystems();
  private readonly source = this.systems.make("center-1", "2G");
  private readonly target = this.systems.make("center-3", "2G");
  private readonly ends: (() => Promise<void>)[] = [];
  private shipper: Shipper | undefined;
  private catalogue: Catalogue | undefined;

  /** Moves the nodes' folders into the unit, one node after the other, so that the others keep their majority. */
  static async of(nodes: readonly BareNode[], folder: string): Promise<ShippedUnit> {
    const shipped = new ShippedUnit();
    const subvolume = shipped.systems.subvolume(join(shipped.source, "unit"));
    for (const node of nodes) {
      const { pod } = node.node;
      await node.process().kill();
      cpSync(join(folder, pod), join(subvolume, pod), { recursive: true, preserveTimestamps: true });
      leadTo(join(folder, pod), join(subvolume, pod));
      await node.restart();
    }
    await shipped.connect(nodes.map(({ node }) => node.pod));
    return shipped;
  }

  private async connect(nodes: readonly string[]): Promise<void> {
    const organisation = await testOrganisation();
    const files = async (name: string): Promise<TlsFiles> => {
      const at = (file: string) => join(this.systems.folder, `${name}.${file}`);
      const pair = await organisation.tlsPair(name, [name]);
      writeFileSync(at("crt"), pair.certificate);
      writeFileSync(at("key"), pair.privateKey);
      writeFileSync(at("ca"), organisation.tlsAuthority);
      return { certificate: at("crt"), key: at("key"), authorities: at("ca") };
    };
    const common = { unit, driver: shippingDriver(btrfsDriver), schedule: increments("btrfs"), now: Date.now };
    const log = () => undefined;
    this.catalogue = await Catalogue.open(this.target);
    const place = join(this.target, unit);
    const receiver = new Receiver({ ...common, catalogue: this.catalogue, place, nodes, log });
    await receiver.begin();
    const sender = "ship.center-1.example.com";
    const receivers = new Map([[unit, receiver]]);
    const at = { host: "127.0.0.1", port: 0 };
    const server = await serveReceivers({ receivers, files: await files(host), senders: [sender], ...at });
    this.ends.push(() => server.close());
    const snapshots = join(this.source, "snapshots");
    mkdirSync(snapshots);
    const transport = httpsTransport({ ...at, port: server.port, name: host }, await files(sender));
    const catalogue = await Catalogue.open(snapshots);
    this.shipper = new Shipper({
      ...common,
      ...{ catalogue, place: snapshots, source: join(this.source, "unit"), transport, log },
    });
    await this.shipper.begin();
  }

  /** Takes a snapshot of the running nodes and sends it. */
  async ship(): Promise<CatalogueEntry> {
    if (this.shipper === undefined) throw new Error("the unit is not connected");
    return this.shipper.cycle();
  }

  /** The newest that was verified on arrival. */
  newest(): CatalogueEntry {
    const verified = (this.catalogue?.of(unit) ?? []).filter(({ state }) => state === "verified");
    const found = newestEntry(verified);
    if (found === undefined) throw new Error("no snapshot was verified");
    return found;
  }

  /** Puts a writable clone of a snapshot where the nodes look for their folders. */
  restore({ name }: CatalogueEntry, nodes: readonly BareNode[], folder: string): void {
    const open = join(this.target, "open");
    execFileSync("btrfs", ["subvolume", "snapshot", join(this.target, unit, name), open], { stdio: "ignore" });
    for (const { node } of nodes) leadTo(join(folder, node.pod), join(open, node.pod));
  }

  async remove(): Promise<void> {
    for (const end of this.ends.reverse()) await end();
    this.systems.remove();
  }
}

function leadTo(from: string, to: string): void {
  rmSync(from, { recursive: true, force: true });
  symlinkSync(to, from);
}
