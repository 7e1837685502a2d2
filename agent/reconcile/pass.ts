import { foundingSite, nodesHere } from "../../lib/fabric/border";
import { orderingOrganisations } from "../../lib/fabric/channel/config";
import type {
  Consortium,
  ConsortiumChannel,
  ConsortiumNode,
  ConsortiumOrganisation,
} from "../../lib/fabric/consortium";
import type { Board } from "../board";
import { Connections, type NodeConnection, type TlsAuthorities } from "../fabric/connection";
import type { AdminIdentity } from "../fabric/identity";
import type { Reach } from "../fabric/reach";
import type { Log } from "../log";
import type { Materials } from "./materials";

/** What an agent needs to bring its organisation's part of the consortium about. */
export interface ReconcileOptions {
  readonly consortium: Consortium;
  /** Name of the own organisation. */
  readonly organisation: string;
  /** The site whose nodes it sees to; undefined in a network of one cluster, where it sees to all of its own. */
  readonly site?: string | undefined;
  readonly identity: AdminIdentity;
  readonly board: Board;
  readonly reach: Reach;
  readonly log: Log;
  /** Told after every effect on a node or on the board, in words. Tests end the process here. */
  readonly onStep?: (step: string) => void | Promise<void>;
}

/** What the steps of one pass share. */
export class Pass {
  readonly consortium: Consortium;
  readonly own: ConsortiumOrganisation;
  readonly site: string | undefined;
  /** The own organisation's nodes that this agent sees to. */
  readonly here: Pick<ConsortiumOrganisation, "peers" | "orderers">;
  readonly identity: AdminIdentity;
  readonly board: Board;
  readonly reach: Reach;
  readonly log: Log;
  readonly materials: Materials;
  readonly #connections: Connections;
  readonly #onStep: ReconcileOptions["onStep"];

  constructor(options: ReconcileOptions, materials: Materials) {
    this.consortium = options.consortium;
    this.own = organisationNamed(options.consortium, options.organisation);
    this.site = options.site;
    this.here = nodesHere(this.own, options.site);
    this.identity = options.identity;
    this.board = options.board;
    this.reach = options.reach;
    this.log = options.log;
    this.materials = materials;
    this.#connections = new Connections(options.identity, options.reach);
    this.#onStep = options.onStep;
  }

  /** Who creates channels and submits changes of their config: the first ordering organisation of the file. */
  get founder(): ConsortiumOrganisation | undefined {
    return orderingOrganisations(this.consortium)[0];
  }

  /** Of the founder's agents on several sites, one. */
  get isFounder(): boolean {
    return this.founder?.name === this.own.name && this.site === foundingSite(this.own);
  }

  isMember(channel: ConsortiumChannel): boolean {
    return channel.members.includes(this.own.name);
  }

  /** Ordering nodes, those of the own site first, and of these the own ones: they are nearest. */
  orderers(): readonly ConsortiumNode[] {
    const others = this.consortium.organisations.filter(({ name }) => name !== this.own.name);
    const all = [this.own, ...others].flatMap(({ orderers }) => orderers);
    if (this.site === undefined) return all;
    const isHere = ({ site }: ConsortiumNode) => site === this.site;
    return [...all.filter(isHere), ...all.filter((node) => !isHere(node))];
  }

  /**
   * The TLS authorities of the organisation that a node belongs to.
   * @throws Error if it has not published any yet.
   */
  authoritiesOf(node: ConsortiumNode): TlsAuthorities {
    const owner = this.consortium.organisations.find(({ orderers, peers }) =>
      [...orderers, ...peers].some(({ pod, host }) => pod === node.pod && host === node.host),
    );
    const material = owner && this.materials.known.get(owner.name);
    if (material === undefined) {
      throw new Error(`${owner?.name ?? "its organisation"} has not published the certificates to know ${node.pod} by`);
    }
    return [...material.tlsRootCertificates, ...material.tlsIntermediateCertificates];
  }

  async connect(node: ConsortiumNode): Promise<NodeConnection> {
    return this.#connections.to(node, this.authoritiesOf(node));
  }

  /** To be called after every effect. */
  async did(step: string): Promise<void> {
    this.log("info", step, { organisation: this.own.name });
    await this.#onStep?.(step);
  }

  close(): void {
    this.#connections.close();
  }
}

/** @throws RangeError if the consortium has no organisation of that name. */
export function organisationNamed({ organisations }: Consortium, name: string): ConsortiumOrganisation {
  const found = organisations.find((organisation) => organisation.name === name);
  if (found === undefined) {
    const known = organisations.map((organisation) => organisation.name).join(", ");
    throw new RangeError(`The model has no organisation ${name}; it has ${known}`);
  }
  return found;
}
