import { join } from "node:path";
import type { Log } from "../log";
import { btrfsDriver } from "./btrfs";
import { Catalogue } from "./catalogue";
import { type ReceiveOptions, scheduleOf, type ShipOptions } from "./options";
import { httpsTransport, serveReceivers } from "./https";
import { shippingDriver } from "./keep";
import { Receiver } from "./receive";
import { shipEvery, Shipper } from "./ship";

const tlsFiles = ({ cert, key, ca }: Pick<ShipOptions, "cert" | "key" | "ca">) => ({
  certificate: cert,
  key,
  authorities: ca,
});

/** Ships until SIGTERM or SIGINT; the snapshot that is under way is ended first. */
export async function ship(options: ShipOptions, log: Log): Promise<void> {
  const kept = {
    unit: options.unit,
    driver: shippingDriver(btrfsDriver),
    place: options.snapshots,
    catalogue: await Catalogue.open(options.snapshots),
    schedule: scheduleOf(options),
    now: Date.now,
    log,
  };
  const { name } = options;
  const to = { ...options.to, ...(name === undefined ? {} : { name }) };
  const shipper = new Shipper({ ...kept, source: options.source, transport: httpsTransport(to, tlsFiles(options)) });
  await shipEvery(shipper, kept, untilEnded());
}

/** Receives until SIGTERM or SIGINT; a sender whose stream is cut then begins again from the last common one. */
export async function receive(options: ReceiveOptions, log: Log): Promise<void> {
  const catalogue = await Catalogue.open(options.snapshots);
  const receivers = new Map<string, Receiver>();
  for (const { name: unit, nodes } of options.unit) {
    const driver = shippingDriver(btrfsDriver);
    const kept = { unit, driver, catalogue, place: join(options.snapshots, unit), schedule: scheduleOf(options) };
    const receiver = new Receiver({ ...kept, nodes, now: Date.now, log });
    await receiver.begin();
    receivers.set(unit, receiver);
  }
  const files = tlsFiles(options);
  const server = await serveReceivers({ receivers, files, senders: options.from, ...options.listen });
  log("info", "snapshots are received", { port: server.port, units: [...receivers.keys()] });
  const signal = untilEnded();
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
  await server.close();
}

function untilEnded(): AbortSignal {
  const ended = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => ended.abort());
  return ended.signal;
}
