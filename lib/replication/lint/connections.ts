import type { Fault, Promise, Resource } from "./fault";
import { optionIn, optionsIn, sectionsIn, type Statement } from "./parse";
import { megabytes } from "../units";

/** Between which machines there is a connection, and what goes over it. */
export function connectionFaults(resource: Resource, handlers: readonly Statement[], promise: Promise): Fault[] {
  const { own, whole } = resource;
  const connections = [...sectionsIn(own, "connection"), ...sectionsIn(own, "connection-mesh")];
  const nets = [
    { path: [resource.name, "net"], hosts: [], options: optionsIn(whole, "net"), line: resource.line },
    ...connections.map((connection) => netOf(resource, connection)),
  ];
  return [
    ...meshFaults(resource, connections),
    ...nets.flatMap((net) => pullAheadFaults(net, handlers)),
    ...nets.flatMap((net) => protocolFaults(net, promise)),
    ...trafficFaults(resource, promise),
  ];
}

interface Net {
  readonly path: readonly string[];
  readonly hosts: readonly string[];
  readonly options: readonly Statement[];
  readonly line: number;
}

function netOf({ name, whole }: Resource, connection: Statement): Net {
  const inner = connection.inner ?? [];
  const hosts = hostsOf(connection);
  return {
    path: [name, `connection ${hosts.join(" – ")}`, "net"],
    hosts,
    // What the connection says itself comes first, and is what counts.
    options: [...optionsIn(inner, "net"), ...optionsIn(whole, "net")],
    line: connection.line,
  };
}

/** Machines of `host a;` or, in a mesh, of `hosts a b c;`; those of paths inside are the same ones. */
function hostsOf({ inner = [] }: Statement): string[] {
  const paths = sectionsIn(inner, "path").flatMap(({ inner: within }) => within ?? []);
  const named = [...inner, ...paths].filter(({ words }) => /^hosts?$/.test(words[0]?.text ?? ""));
  return [
    ...new Set(
      named
        .flatMap(({ words }) => (words[0]?.text === "host" ? words.slice(1, 2) : words.slice(1)))
        .map(({ text }) => text),
    ),
  ];
}

function meshFaults({ name, hosts, line }: Resource, connections: readonly Statement[]): Fault[] {
  const all = hosts.map(({ text }) => text);
  // DRBD connects two machines by itself.
  if (all.length === 2 && connections.length === 0) return [];
  const joined = new Set(
    connections.flatMap((connection) => {
      const ends = hostsOf(connection);
      return ends.flatMap((one) => ends.map((other) => `${one} ${other}`));
    }),
  );
  const missing = all.flatMap((one, index) =>
    all.slice(index + 1).flatMap((other) => (joined.has(`${one} ${other}`) ? [] : [`${one} – ${other}`])),
  );
  if (missing.length === 0) return [];
  return [
    {
      ...{ line, path: [name], found: `no connection ${missing.join(", ")}` },
      allowed: `${(all.length * (all.length - 1)) / 2} connections between ${all.length} machines: DRBD passes nothing on from one to another`,
      fix: "write the missing connection, or connection-mesh { hosts …; }",
    },
  ];
}

function pullAheadFaults({ path, options }: Net, handlers: readonly Statement[]): Fault[] {
  const found = optionIn(options, "on-congestion");
  if (found?.text !== "pull-ahead" || optionIn(handlers, "before-resync-target") !== undefined) return [];
  return [
    {
      ...{ line: found.line, path: [...path, "on-congestion"], found: "pull-ahead without a snapshot before a resync" },
      allowed:
        "block, the default; or pull-ahead with the handler before-resync-target, for the remote center falls behind and is Inconsistent while it catches up",
      fix: "take out on-congestion, or add the handlers snapshot-resync-target-lvm.sh and unsnapshot-resync-target-lvm.sh",
    },
  ];
}

function protocolFaults({ path, hosts, options, line }: Net, { remote }: Promise): Fault[] {
  if (remote === undefined || hosts.length === 0) return [];
  const far = hosts.some((host) => remote.includes(host));
  const found = optionIn(options, "protocol");
  const wanted = far ? "A" : "C";
  if ((found?.text ?? "C") === wanted) return [];
  return [
    {
      ...{ line: found?.line ?? line, path: [...path, "protocol"], found: `protocol ${found?.text ?? "C"}` },
      allowed: far
        ? "A to the remote center: every write would wait for it otherwise"
        : "C in the city: a write that the other center does not have is lost with this one",
      fix: `write protocol ${wanted}`,
    },
  ];
}

function trafficFaults({ name, line }: Resource, { trafficRate }: Promise): Fault[] {
  if (trafficRate === undefined || trafficRate.keptByKernel) return [];
  return [
    {
      ...{ line, path: [name], found: `${megabytes(trafficRate.bytesPerSecond)} promised for replication itself` },
      allowed: "a limit of resyncs: c-max-rate and resync-rate do not slow replication, and DRBD has nothing that does",
      fix: "limit the port of replication with the kernel's tc (htb or tbf) and say so",
    },
  ];
}
