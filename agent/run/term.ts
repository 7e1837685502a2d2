import type { Board } from "../board";
import type { AdminIdentity } from "../fabric/identity";
import { inWords } from "../fabric/problem";
import type { NodeHeights } from "../fabric/status";
import { materialOf, notices } from "../notices";
import { configMapBoard } from "../kubernetes/board";
import { until } from "../kubernetes/until";
import { setPodCondition } from "../watch/pod-conditions";
import { Progress } from "../watch/progress";
import type { Watchdog } from "../watch/watchdog";
import { consenterRestart, leaseLock, type RestartLock } from "../renewal/lock";
import { Restarts } from "../renewal/restarts";
import type { CertificateDates, RenewalStep } from "../renewal/view";
import { authoritiesAbove, authorityCondition } from "../status/authorities";
import { clockCondition, certificateCondition } from "../status/certificates";
import { type Condition, minuteOf } from "../status/document";
import type { BorderPost } from "./border";
import { certificateEnds, identityDates } from "./self-renewal";
import { foreignOrderers, ownRaft } from "./heights";
import { founderOf, type KnownNode, knownNodes } from "./known-nodes";
import type { Lookout } from "./lookout";
import { Bell, loop } from "./loop";
import { type Findings, nodeConditions, nodeStatuses, noteHeights, onPod, restartsOf, setGates } from "./observe";
import { type FabricTask, type Office, pauseAfter } from "./office";
import { Publisher } from "./publish";
import { modelCondition } from "./settings";
import { ownReach } from "./reach";
import { renewalView } from "./renewal-view";

/** What every agent has, whether it leads or not. */
export interface Post {
  readonly lookout: Lookout;
  readonly watchdog: Watchdog;
  /** Undefined in a network of one cluster. */
  readonly border: BorderPost | undefined;
}

/** What a leading agent does, from when it is elected until its signal ends: everything for its organisation. */
export class Term {
  private readonly bell = new Bell();
  private readonly progress = new Progress();
  private readonly toldAt = new Map<string, number>();
  private readonly wasIn = new Map<string, Set<string>>();
  private reconciled: readonly Condition[] | undefined;
  private missed: { readonly what: string | undefined; readonly since: number } = { what: undefined, since: 0 };
  private renewal: RenewalStep = { kind: "rest" };
  private findings: Findings | undefined;
  private restarts: Restarts | undefined;

  private readonly office: Office;

  /** @param always The office as it is for everybody; what is done in this term ends with the signal. */
  constructor(
    private readonly always: Office,
    private readonly post: Post,
    private readonly signal: AbortSignal,
  ) {
    this.office = { ...always, api: until(always.api, signal) };
  }

  /** What is still to be done; undefined where nothing is. */
  missing(): string | undefined {
    if (this.reconciled === undefined) return "the first pass has not ended yet";
    const open = this.reconciled.find(({ status }) => status !== "True");
    return open === undefined ? undefined : `${open.type} of ${open.object} is ${open.status}: ${open.message}`;
  }

  /** Ends when the signal does. @throws ApiError where the last status cannot be read. */
  async run(): Promise<void> {
    const { log, rhythm } = this.office;
    const publisher = await Publisher.open(this.office);
    const options = (name: string) => ({ name, signal: this.signal, log });
    const { busy } = rhythm.reconcile;
    await Promise.all([
      loop(
        options("reconciliation"),
        () => this.reconcile(),
        busy,
        (milliseconds) => this.bell.pause(milliseconds, this.signal),
      ),
      loop(
        options("observation"),
        async () => ((await this.observe(publisher)) ? rhythm.observe.idle : rhythm.observe.busy),
        rhythm.observe.busy,
      ),
      loop(options("renewal"), () => this.renew().then(() => rhythm.renewal), rhythm.renewal),
    ]);
    await this.restarts?.unlock();
  }

  /** Lets reconciliation go on at once: something that it depends on has changed. */
  wake(): void {
    this.bell.wake();
  }

  /** Takes silent pods out of their Services, as far as the watchdog says so. */
  async takeOut(nodes: readonly KnownNode[], now: number): Promise<void> {
    const { api, settings, metrics, log } = this.office;
    const { lookout, watchdog } = this.post;
    for (const { id, failures } of watchdog.look(lookout.watched(nodes), now)) {
      const name = nodes.find(({ node }) => node.host === id)?.node.pod ?? "";
      const pod = lookout.pods.get(name);
      if (pod === undefined || this.signal.aborted) continue;
      const message = `it did not answer ${failures} times in a row, while other nodes of the network did`;
      const condition = { type: "Ready", status: "False", reason: "NotReachable", message } as const;
      await onPod(() => setPodCondition(api, settings.namespace, pod, condition));
      watchdog.done(id, now);
      metrics.takenOut(name);
      log("warn", "taken out of its Services", { pod: name, why: message });
      this.wake();
    }
  }

  /** One pass; gives the seconds until the next. */
  private async reconcile(): Promise<number> {
    this.reconciled = await this.office.fabric.reconcile(this.task());
    const missing = this.missing();
    const now = performance.now();
    if (missing !== this.missed.what) this.missed = { what: missing, since: now };
    return pauseAfter(missing === undefined, (now - this.missed.since) / 1000, this.office.rhythm.reconcile);
  }

  /** Looks at the own nodes and tells what it saw; gives whether all is well. */
  private async observe(publisher: Publisher): Promise<boolean> {
    const { api, settings, model, fabric, metrics } = this.office;
    const { lookout } = this.post;
    const task = this.task();
    const nodes = knownNodes(task.consortium, settings.organisation, settings.site);
    const [heights, raft, foreign] = await Promise.all([
      fabric.heights(task),
      ownRaft(nodes, task.identity, task.reach),
      foreignOrderers(nodes, task.board, Date.now(), settings.site !== undefined),
    ]);
    const now = performance.now();
    this.noteTold(nodes, heights, now);
    const channels = task.consortium.channels.filter(({ members }) => members.includes(settings.organisation));
    const findings: Findings = {
      nodes,
      lookout,
      heights,
      raft,
      foreign: foreign.orderers,
      toldAt: this.toldAt,
      wasIn: this.wasIn,
      channels: channels.map(({ name }) => name),
      progress: this.progress,
      renewBefore: settings.renewBefore,
    };
    noteHeights(findings, now);
    this.findings = findings;
    const gates = await setGates(api, settings.namespace, findings, now);
    for (const pod of lookout.pods.values()) metrics.restarts(pod.metadata.name, restartsOf(pod));
    const object = `agent/${settings.pod}`;
    const dates = this.ownDates(task.identity);
    const conditions = [
      ...(this.reconciled ?? []),
      ...gates,
      ...nodeConditions(findings, Date.now()),
      ...foreign.conditions,
      ...(this.post.border?.conditions() ?? []),
      modelCondition(model, object),
      clockCondition(api.clockSkew(), object),
      certificateCondition(object, dates, Date.now(), settings.renewBefore, false),
      ...(await this.authorities(task)),
    ];
    const status = {
      network: model.consortium().network,
      organisation: settings.organisation,
      agent: settings.pod,
      at: minuteOf(Date.now()),
      nodes: nodeStatuses(findings),
      renewal: this.renewal,
    };
    if (!this.signal.aborted) await publisher.say({ ...status, conditions }, lookout.pods);
    return this.reconciled !== undefined && conditions.every((condition) => condition.status === "True");
  }

  /** Nothing where they are not published, or not readable: that is reconciliation's to tell. */
  private async authorities({ identity, board, organisation }: FabricTask): Promise<readonly Condition[]> {
    try {
      const notice = await board.read(organisation, notices.identities);
      if (notice === undefined) return [];
      const authorities = authoritiesAbove([identity.certificate, identity.tls.certificate], materialOf(notice));
      this.office.metrics.authorities(authorities);
      return authorities.map((authority) => authorityCondition(authority, Date.now()));
    } catch (error) {
      this.office.log("warn", "the published authorities cannot be read", { why: inWords(error) });
      return [];
    }
  }

  private noteTold(nodes: readonly KnownNode[], heights: readonly NodeHeights[], now: number): void {
    for (const { node, own } of nodes) {
      if (!own) continue;
      const said = heights.find((one) => one.node.host === node.host);
      const spoke = said !== undefined && said.unreachable === undefined;
      if (spoke || !this.toldAt.has(node.host)) this.toldAt.set(node.host, now);
      const channels = this.wasIn.get(node.host) ?? new Set();
      for (const { channel } of said?.channels ?? []) channels.add(channel);
      this.wasIn.set(node.host, channels);
    }
  }

  private async renew(): Promise<void> {
    const { settings } = this.office;
    if (this.findings === undefined) return;
    this.restarts ??= this.newRestarts();
    const identity = this.identity();
    const own = { pod: settings.pod, certificate: this.ownDates(identity) };
    const now = performance.now();
    const view = renewalView(this.findings, own, Date.now(), now);
    this.renewal = await this.restarts.pass(view, this.post.lookout.pods, now);
  }

  private newRestarts(): Restarts {
    const { api, settings, log, metrics } = this.office;
    return new Restarts({
      api,
      namespace: settings.namespace,
      lock: this.lock(),
      self: `${settings.namespace}/${settings.pod}`,
      log,
      evicted: (pod) => metrics.restarted(pod),
    });
  }

  private lock(): RestartLock | undefined {
    const { api, settings, model } = this.office;
    // It is given back when everything else has to stop.
    const apis = { api, afterwards: this.always.api };
    if (this.post.border !== undefined) return this.post.border.lock(apis);
    const founder = founderOf(model.consortium());
    if (founder === undefined) return undefined;
    const { name, namespace } = founder;
    return leaseLock(apis, { namespace, name: consenterRestart }, name === settings.organisation);
  }

  private task(): FabricTask {
    const { settings, model, log } = this.office;
    const consortium = model.consortium();
    const reach = ownReach(model.own(), settings.site, () => this.post.lookout.pods);
    const stop = (): void => {
      if (this.signal.aborted) throw new Error("this agent no longer leads");
    };
    return {
      consortium,
      organisation: settings.organisation,
      site: settings.site,
      identity: this.identity(),
      board: this.board(),
      reach: async (node) => {
        stop();
        return reach(node);
      },
      log,
      onStep: stop,
    };
  }

  private board(): Board {
    const { api, model, settings } = this.office;
    return this.post.border?.board(api) ?? configMapBoard(api, model.consortium(), settings.organisation);
  }

  /** Read anew each time: the files are replaced when they are renewed. */
  private identity(): AdminIdentity {
    const { fabric, model, settings } = this.office;
    return fabric.identity(model.own().mspId, settings.identity);
  }

  private ownDates(identity: AdminIdentity): CertificateDates {
    const { enrolment, tls } = certificateEnds(identity);
    this.office.metrics.ownCertificate("enrolment", enrolment);
    this.office.metrics.ownCertificate("tls", tls);
    return identityDates(identity);
  }
}
