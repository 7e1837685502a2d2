import { pathOf } from "../../agent/kubernetes/objects";
import { type BorderPost, openBorder } from "../../agent/run/border";
import type { Consortium, ConsortiumSite, OrganisationMaterial } from "../../lib/fabric/consortium";
import type { Identity } from "../../lib/fabric/identity";
import { bundleOf, type MspFiles } from "../../lib/fabric/msp-bundle";
import { MemoryApiServer } from "./memory-api-server";

/** The files that an organisation's authorities publish on one site. */
export function mspFilesOf(material: OrganisationMaterial): MspFiles {
  const intermediates = material.intermediateCertificates.join("");
  return {
    mspid: material.mspId,
    "cacert.pem": material.rootCertificates.join(""),
    ...(intermediates === "" ? {} : { "intermediatecert.pem": intermediates }),
    "tlscacert.pem": material.tlsRootCertificates.join(""),
  };
}

/** Several clusters, of each an API server in memory, and the agents' dealings with each other over real connections. */
export class Sites {
  private readonly apis = new Map<string, MemoryApiServer>();
  private readonly posts = new Map<string, BorderPost>();
  private readonly doors = new Map<string, number>();

  /** @param consortium As it is at the moment. */
  constructor(private readonly consortium: () => Consortium) {}

  api(site: string): MemoryApiServer {
    const found = this.apis.get(site) ?? new MemoryApiServer();
    this.apis.set(site, found);
    return found;
  }

  /**
   * Brings the certificates of an organisation's authorities to all sites, as its Jobs `ca-init` and Pulumi do.
   * @param published What was published, by the name of the site.
   */
  bring(organisation: string, published: ReadonlyMap<string, MspFiles>): void {
    const { namespace } = this.organisation(organisation);
    for (const [site, api] of this.apis) {
      const own = published.get(site);
      const place = (name: string) => pathOf("configmaps", namespace, name);
      if (own === undefined) api.remove(place("msp"));
      else api.put(place("msp"), { data: own });
      const abroad = bundleOf(new Map([...published].filter(([name]) => name !== site)));
      // Before anything is brought it stands there empty.
      api.put(place("msp-abroad"), abroad === undefined ? {} : { data: abroad });
    }
  }

  /** Opens the board of an organisation's agent on a site. */
  async open(organisation: string, site: string, identity: Identity): Promise<BorderPost> {
    const found = () => this.organisation(organisation);
    const post = await openBorder(
      {
        settings: {
          organisation,
          site,
          namespace: found().namespace,
          pod: `agent-${site}`,
          model: "",
          identity: "",
          renewBefore: 1000,
        },
        model: { consortium: this.consortium, own: found },
        fabric: { identity: () => identity },
        log: () => undefined,
      },
      this.api(site),
      { port: 0, reach: ({ host }) => ({ host: "127.0.0.1", port: this.doors.get(host) ?? 1 }) },
    );
    if (post === undefined) throw new Error(`${organisation} opens no board on ${site}`);
    const board = found().sites?.find(({ name }) => name === site)?.board;
    this.doors.set(board?.host ?? "", post.port);
    this.posts.set(`${organisation}@${site}`, post);
    return post;
  }

  post(organisation: string, site: string): BorderPost {
    const found = this.posts.get(`${organisation}@${site}`);
    if (found === undefined) throw new Error(`${organisation} has no board open on ${site}`);
    return found;
  }

  /** Whether an agent has its board open. */
  has(organisation: string, site: string): boolean {
    return this.posts.has(`${organisation}@${site}`);
  }

  /** Lets everybody look again whom to trust. */
  async refresh(): Promise<void> {
    await Promise.all([...this.posts.values()].map((post) => post.refresh()));
  }

  /** Takes an agent away. */
  close(organisation: string, site: string): void {
    this.post(organisation, site).close();
    this.posts.delete(`${organisation}@${site}`);
  }

  /** Port of the loopback at which a board is open. */
  portOf(board: ConsortiumSite["board"]): number {
    return this.doors.get(board.host) ?? 0;
  }

  closeAll(): void {
    for (const post of this.posts.values()) post.close();
    this.posts.clear();
  }

  private organisation(name: string) {
    const found = this.consortium().organisations.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no organisation ${name}`);
    return found;
  }
}
