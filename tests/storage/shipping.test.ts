import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { btrfsDriver } from "../../agent/snapshots/btrfs";
import { Catalogue, catalogueFile } from "../../agent/snapshots/catalogue";
import { httpsTransport, serveReceivers, type TlsFiles } from "../../agent/snapshots/https";
import { shippingDriver } from "../../agent/snapshots/keep";
import { Receiver } from "../../agent/snapshots/receive";
import { Shipper } from "../../agent/snapshots/ship";
import { blockFileName } from "../../lib/fabric/ledger/block-files";
import { increments } from "../../lib/recovery/snapshots/schedule";
import { testOrganisation } from "../fabric/identities";
import { chainOf, hashAt, writeBlockFiles } from "../support/block-files";
import { BtrfsFileSystems, missingForBtrfs } from "./btrfs-file-systems";

jest.setTimeout(120_000);

const reason = missingForBtrfs();
if (reason !== undefined) {
  process.stderr.write(`storage: skipped: ${reason} (sh scripts/prerequisites.sh storage)\n`);
  test.skip("a unit is shipped to another center", () => undefined);
} else {
  describe("a unit shipped to another center over mutual TLS", () => {
    const blocks = chainOf(200, (n) => [`transaction ${n} `.repeat(400)]);
    const [unit, name] = ["center-1", "receiver.center-3.example.com"];
    const driver = shippingDriver(btrfsDriver);
    let systems: BtrfsFileSystems;
    let source: string;
    let target: string;
    let pairs: { readonly sender: TlsFiles; readonly receiver: TlsFiles; readonly stranger: TlsFiles };
    let closing: (() => Promise<void>)[];
    /** After so many bytes the link breaks. */
    let cut: number | undefined;

    beforeEach(async () => {
      systems = new BtrfsFileSystems();
      [source, target] = [systems.make("center-1"), systems.make("center-3")];
      systems.subvolume(join(source, "unit"));
      mkdirSync(join(source, "snapshots"));
      closing = [];
      cut = undefined;
      const organisation = await testOrganisation();
      const files = async (host: string): Promise<TlsFiles> => {
        const at = (file: string) => join(systems.folder, `${host}.${file}`);
        const pair = await organisation.tlsPair(host, [host]);
        writeFileSync(at("crt"), pair.certificate);
        writeFileSync(at("key"), pair.privateKey);
        writeFileSync(at("ca"), organisation.tlsAuthority);
        return { certificate: at("crt"), key: at("key"), authorities: at("ca") };
      };
      pairs = {
        sender: await files("ship.center-1.example.com"),
        receiver: await files(name),
        stranger: await files("peer-7.example.com"),
      };
    });
    afterEach(async () => {
      for (const close of closing.reverse()) await close();
      systems.remove();
    });

    /** A ledger of both nodes as it grew to a height. */
    function grow(height: number, nodes = ["orderer-1", "orderer-2"]): void {
      for (const node of nodes)
        writeBlockFiles(join(source, "unit", node, "production", "orderer", "chains", "main"), blocks.slice(0, height));
    }

    async function receiver(): Promise<number> {
      const catalogue = await Catalogue.open(target);
      const kept = { unit, driver, catalogue, place: join(target, unit), schedule: increments("btrfs"), now: Date.now };
      const one = new Receiver({ ...kept, nodes: ["orderer-1", "orderer-2"], log: () => undefined });
      await one.begin();
      const senders = ["ship.center-1.example.com"];
      const options = { receivers: new Map([[unit, one]]), files: pairs.receiver, senders, host: "127.0.0.1", port: 0 };
      const server = await serveReceivers(options);
      closing.push(() => server.close());
      return server.port;
    }

    /** A link that can be cut. */
    async function link(to: number): Promise<number> {
      const between: Server = createServer((socket: Socket) => {
        const onward = connect(to, "127.0.0.1");
        let passed = 0;
        socket.on("data", (piece) => {
          passed += piece.length;
          if (cut !== undefined && passed > cut) [socket, onward].forEach((end) => end.destroy());
        });
        // What breaks on one side is broken on the other one, too: a pipe alone passes on ends only.
        for (const [end, other] of [
          [socket, onward],
          [onward, socket],
        ] as const) {
          end.on("error", () => undefined);
          end.once("close", () => other.destroy());
        }
        socket.pipe(onward).pipe(socket);
      });
      await new Promise<void>((resolve) => between.listen(0, "127.0.0.1", resolve));
      closing.push(() => new Promise((resolve) => between.close(() => resolve())));
      const address = between.address();
      return typeof address === "object" && address !== null ? address.port : 0;
    }

    async function shipper(port: number, files = pairs.sender, sending = driver): Promise<Shipper> {
      const one = new Shipper({
        unit,
        driver: sending,
        place: join(source, "snapshots"),
        catalogue: await Catalogue.open(join(source, "snapshots")),
        schedule: increments("btrfs"),
        now: Date.now,
        log: () => undefined,
        source: join(source, "unit"),
        transport: httpsTransport({ host: "127.0.0.1", port, name }, files),
      });
      await one.begin();
      return one;
    }

    /** A cycle once the receiver has done with what a sender that died has left. */
    async function onceFree(ship: Shipper): Promise<Awaited<ReturnType<Shipper["cycle"]>>> {
      for (;;) {
        try {
          return await ship.cycle();
        } catch (error) {
          if (!String(error).includes("is being received")) throw error;
        }
      }
    }

    const received = (snapshot: string) => join(target, unit, snapshot);

    test("each snapshot is verified on arrival and in both catalogues with height and hash of every node (R8)", async () => {
      const ship = await shipper(await receiver());
      grow(40);
      expect(await ship.cycle()).toMatchObject({ name: "center-1-00000001", state: "verified" });
      grow(55);
      const second = await ship.cycle();
      const end = { channel: "main", height: 55, hash: hashAt(blocks, 55) };
      expect(second).toMatchObject({
        name: "center-1-00000002",
        state: "verified",
        parent: "center-1-00000001",
        chains: [
          { node: "orderer-1", ...end },
          { node: "orderer-2", ...end },
        ],
      });
      expect(Date.parse(second.verifiedAt ?? "")).toBeGreaterThanOrEqual(Date.parse(second.takenAt));
      const there = JSON.parse(readFileSync(join(target, catalogueFile), "utf8")) as { snapshots: object[] };
      expect(there.snapshots).toMatchObject([
        { name: "center-1-00000001", state: "verified" },
        { name: "center-1-00000002", state: "verified", anchors: { "/orderer-1 main": { height: 55 } } },
      ]);
    });

    test("a link that breaks leaves nothing that counts, and the next goes on from the last common one (R8)", async () => {
      const ship = await shipper(await link(await receiver()));
      grow(20);
      await ship.cycle();
      // What compression cannot shrink, so that the link breaks in the middle of it.
      writeFileSync(
        join(source, "unit", "orderer-1", "wal"),
        execFileSync("head", ["-c", "20000000", "/dev/urandom"], { maxBuffer: 1e8 }),
      );
      grow(60);
      cut = 8_000_000;
      await expect(ship.cycle()).rejects.toThrow();
      cut = undefined;
      grow(70);
      const third = await onceFree(ship);
      expect(third).toMatchObject({ state: "verified", parent: "center-1-00000001" });
      expect(third.chains).toMatchObject([{ height: 70 }, { height: 70 }]);
      expect(existsSync(received("center-1-00000002"))).toBe(false);
    });

    test("a sender that dies half way is no end of the stream (R8)", async () => {
      const port = await receiver();
      grow(20);
      await (await shipper(port)).cycle();
      grow(80);
      const { shipping } = driver;
      // btrfs receive takes what ends between two commands for whole.
      const half = (snapshot: string, parent?: string) => {
        const [send] = shipping.send(snapshot, parent);
        const text = [send.program, ...send.args].join(" ");
        return [
          { program: "sh", args: ["-c", `${text} | head -c 400; exit 1`] },
          ...shipping.send("").slice(1),
        ] as const;
      };
      const dying = await shipper(port, pairs.sender, { ...driver, shipping: { ...shipping, send: half } });
      await expect(dying.cycle()).rejects.toThrow(/exit 1/);
      const ship = await shipper(port);
      const next = await onceFree(ship);
      expect(next).toMatchObject({ state: "verified", parent: "center-1-00000001" });
      expect(existsSync(received("center-1-00000002"))).toBe(false);
    });

    test("what a killed receiver had half received is deleted when it starts again (R8)", async () => {
      grow(20);
      const ship = await shipper(await receiver());
      await ship.cycle();
      const half = systems.subvolume(received("center-1-00000002"));
      const catalogue = await Catalogue.open(target);
      const begun = { name: "center-1-00000002", unit, sequence: 2, takenAt: new Date().toISOString() };
      await catalogue.put({ ...begun, state: "pending", chains: [] });
      const again = await shipper(await receiver());
      expect(existsSync(half)).toBe(false);
      expect(await again.cycle()).toMatchObject({ name: "center-1-00000002", state: "verified" });
    });

    test("a damaged ledger and a node that is missing arrive, do not count, and are told to the sender (R8)", async () => {
      const ship = await shipper(await receiver());
      grow(20);
      await ship.cycle();
      const chains = join(source, "unit", "orderer-2", "production", "orderer", "chains");
      const file = join(chains, "main", blockFileName(0));
      execFileSync("truncate", ["-s", `${statSync(file).size - 100}`, file]);
      const torn = await ship.cycle();
      expect(torn).toMatchObject({ state: "bad", why: expect.stringContaining("torn") });
      execFileSync("rm", ["-r", chains]);
      expect(await ship.cycle()).toMatchObject({ state: "bad", why: "it holds no ledger of orderer-2" });
      grow(30);
      expect(await ship.cycle()).toMatchObject({ state: "verified", parent: "center-1-00000003" });
    });

    test("a sender that lost its catalogue begins with a whole snapshot under a number of its own (R8)", async () => {
      const port = await receiver();
      grow(20);
      const ship = await shipper(port);
      await ship.cycle();
      await ship.cycle();
      execFileSync("btrfs", [
        "subvolume",
        "delete",
        ...[1, 2].map((n) => join(source, "snapshots", `center-1-0000000${n}`)),
      ]);
      execFileSync("rm", [join(source, "snapshots", catalogueFile)]);
      const anew = await shipper(port);
      await expect(anew.cycle()).rejects.toThrow("another snapshot center-1-00000001 is here already");
      const next = await anew.cycle();
      expect(next).toMatchObject({ name: "center-1-00000003", state: "verified" });
      expect(next.parent).toBeUndefined();
    });

    test("nobody is let in whose certificate is for another name, though the same authority signed it", async () => {
      grow(20);
      const port = await receiver();
      const stranger = await shipper(port, pairs.stranger);
      await expect(stranger.cycle()).rejects.toThrow(/403.*certificate is for none of ship\.center-1/);
      expect(existsSync(received("center-1-00000001"))).toBe(false);
    });
  });
}
