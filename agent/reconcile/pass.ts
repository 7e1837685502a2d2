import { orderingOrganisations } from "../../lib/fabric/channel/config";
import type {
  Consortium,
  ConsortiumChannel,
  ConsortiumNode,
  ConsortiumOrganisation,
  OrganisationMaterial,
} from "../../lib/fabric/consortium";
import type { Board } from "../board";
import { Connections, type NodeConnection, type TlsAuthorities } from "../fabric/connection";
import type { AdminIdentity } from "../fabric/identity";
import type { Reach } from "../fabric/reach";
import type { Log } from "../log";

/** What an agent needs to bring its organisation's part of the consortium about. */
export interface ReconcileOptions {
  readonly consortium: Consortium;
  /** Name of the own organisation. */
  readonly organisation: string;
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
  readonly identity: AdminIdentity;
  readonly board: Board;
  readonly reach: Reach;
  readonly log: Log;
  /** By the name of the organisation; without those that have not published any. */
  readonly materials: ReadonlyMap<string, OrganisationMaterial>;
  readonly #connections: Connections;
  readonly #onStep: ReconcileOptions["onStep"];

  constructor(options: ReconcileOptions, materials: ReadonlyMap<string, OrganisationMaterial>) {
    this.consortium = options.consortium;
    this.own = organisationNamed(options.consortium, options.organisation);
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

  get isFounder(): boolean {
    return this.founder?.name === this.own.name;
  }

  isMember(channel: ConsortiumChannel): boolean {
    return channel.members.includes(this.own.name);
  }

  /** Ordering nodes, the own ones first: they are nearest. */
  orderers(): readonly ConsortiumNode[] {
    const others = this.consortium.organisations.filter(({ name }) => name !== this.own.name);
    return [this.own, ...others].flatMap(({ orderers }) => orderers);
  }

  /**
   * The TLS authorities of the organisation that a node belongs to.
   * @throws Error if it has not published any yet.
   */
  authoritiesOf(node: ConsortiumNode): TlsAuthorities {
    const owner = this.consortium.organisations.find(({ orderers, peers }) =>
      [...orderers, ...peers].some(({ pod, host }) => pod === node.pod && host === node.host),
    );
    const material = owner && this.materials.get(owner.name);
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
