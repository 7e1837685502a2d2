import { X509Certificate } from "node:crypto";
import type { AdminIdentity } from "../fabric/identity";
import { evict } from "../kubernetes/evict";
import { isDue } from "../renewal/decide";
import type { CertificateDates } from "../renewal/view";
import { type Lookout, startedAt } from "./lookout";
import type { Office } from "./office";

/** Renews the certificates of an agent that does not lead: it ends its own pod, whose successor enrols anew. */
export class SelfRenewal {
  constructor(
    private readonly office: Office,
    private readonly lookout: Lookout,
  ) {}

  /** @param now Milliseconds since 1970. @throws ApiError */
  async pass(now: number): Promise<void> {
    const { api, settings, model, fabric, log, metrics } = this.office;
    const certificate = identityDates(fabric.identity(model.own().mspId, settings.identity));
    const pod = this.lookout.pods.get(settings.pod);
    if (pod === undefined) return;
    const { renewBefore } = settings;
    if (!isDue({ certificate, startedAt: startedAt(pod) }, { now, renewBefore })) return;
    const refusal = await evict(api, settings.namespace, settings.pod, pod.metadata.uid);
    if (refusal === undefined) metrics.restarted(settings.pod);
    log("info", "its own certificates are to be renewed", { refusal });
  }
}

/** Of the two certificates of an identity the later beginning and the earlier end. */
export function identityDates(identity: AdminIdentity): CertificateDates {
  const { enrolment, tls } = certificateEnds(identity);
  const begins = [identity.certificate, identity.tls.certificate].map((pem) =>
    Date.parse(new X509Certificate(pem).validFrom),
  );
  return { notBefore: Math.max(...begins), notAfter: Math.min(enrolment, tls) };
}

/** When the certificates of an identity end, in milliseconds since 1970. */
export function certificateEnds({ certificate, tls }: AdminIdentity): {
  readonly enrolment: number;
  readonly tls: number;
} {
  return {
    enrolment: Date.parse(new X509Certificate(certificate).validTo),
    tls: Date.parse(new X509Certificate(tls.certificate).validTo),
  };
}
