import { registrarName } from "../../lib/fabric/authority-configuration";
import { AuthorityError, CertificateAuthority, type Identity } from "../ca/authority";
import type { ApiServer } from "../kubernetes/api-server";
import { readConfigMap } from "../kubernetes/config-maps";
import { readSecret, secretValues } from "../kubernetes/secrets";
import { pause } from "../kubernetes/pause";
import type { Log } from "../log";
import { mspConfigMap, mspKeys } from "./msp";
import { authorityNames, registrarSecret } from "./registrar-secret";
import { SurroundingsError } from "./surroundings";

/** The Secret with the enrolment secret of each identity of an organisation. */
export const enrolmentSecret = "enrolment";

/** What registering needs to know. */
export interface Registration {
  readonly namespace: string;
  /** URL of each authority. */
  readonly authorities: Readonly<Record<(typeof authorityNames)[number], string>>;
  readonly identities: readonly Identity[];
  /** Seconds to wait for an authority that does not answer yet. */
  readonly patience?: number;
  /** Name in the authorities' certificates where the URLs have another. */
  readonly serverName?: string;
}

/**
 * Makes both authorities of an organisation expect its identities, each under the secret that its pod is given. What is
 * there is kept, what differs is set again: it may be killed at any time and run any number of times.
 * @throws ApiError, AuthorityError, SurroundingsError
 */
export async function register(api: ApiServer, registration: Registration, log: Log): Promise<void> {
  const { namespace, identities } = registration;
  const passwords = await readSecret(api, namespace, registrarSecret);
  const trust = await tlsTrust(api, namespace);
  // Before any authority knows an identity: whoever is killed between the two finds the same values again.
  const secrets = await secretValues(
    api,
    namespace,
    enrolmentSecret,
    identities.map(({ name }) => name),
  );
  for (const name of authorityNames) {
    const url = registration.authorities[name];
    const authority = new CertificateAuthority({
      url,
      trust,
      name,
      ...(registration.serverName === undefined ? {} : { serverName: registration.serverName }),
    });
    await answers(authority, url, registration.patience ?? 300, log);
    const registrar = await enrolled(authority, url, name, passwords?.[name] ?? "");
    for (const identity of identities) {
      const done = await authority.register(registrar, identity, secrets[identity.name] ?? "");
      log("info", done === "made" ? "identity registered" : "identity was registered; its secret is set again", {
        authority: name,
        identity: identity.name,
        type: identity.type,
      });
    }
  }
}

async function tlsTrust(api: ApiServer, namespace: string): Promise<string> {
  const msp = await readConfigMap(api, namespace, mspConfigMap);
  const trust = msp?.[mspKeys.tlsRoots];
  if (trust === undefined)
    throw new SurroundingsError(
      `the ConfigMap ${namespace}/${mspConfigMap} has no ${mspKeys.tlsRoots}; the Job that makes the authorities publishes it: see whether it has completed`,
    );
  return Buffer.from(trust).toString("utf8");
}

async function answers(authority: CertificateAuthority, url: string, patience: number, log: Log): Promise<void> {
  const end = performance.now() + 1000 * patience;
  for (;;) {
    try {
      await authority.chain();
      return;
    } catch (thrown) {
      if (performance.now() > end) throw thrown;
      log("info", "the authority does not answer yet", { authority: url, error: thrown });
    }
    await pause(1000);
  }
}

async function enrolled(authority: CertificateAuthority, url: string, name: string, password: string) {
  try {
    return await authority.enrol(registrarName, password);
  } catch (thrown) {
    if (!(thrown instanceof AuthorityError && thrown.status === 401)) throw thrown;
    throw new SurroundingsError(
      `${url} refuses the password of its registrar (key ${name} of the Secret ${registrarSecret}): its registry was made with another one. Put that one back into the Secret, or set the registry's with \`fabric-ca-client identity modify\`.`,
    );
  }
}
