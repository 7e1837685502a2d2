import { type OutgoingHttpHeaders } from "node:http";
import { request } from "node:https";
import { signingRequest } from "./signing-request";
import { authorisation, type Registrar } from "./token";

/** Where a fabric-ca server answers, and whose TLS certificates are trusted there. */
export interface AuthorityAddress {
  /** `https://host:port` */
  readonly url: string;
  /** PEM. */
  readonly trust: string;
  /** `ca.name` of the server; several may share a port. */
  readonly name?: string;
  /** Name in the server's certificate, where the URL has an address that it does not name. */
  readonly serverName?: string;
}

/** What the identities of a registrar's making are for; it becomes the organisational unit of their certificates. */
export type IdentityType = "peer" | "orderer" | "admin" | "client";

export interface Identity {
  readonly name: string;
  readonly type: IdentityType;
}

/** A fabric-ca server refused, or could not be asked. */
export class AuthorityError extends Error {
  override readonly name = "AuthorityError";
  /**
   * @param status HTTP status; 0 where no answer came.
   * @param codes Of fabric-ca (`lib/caerrors`).
   */
  constructor(
    message: string,
    readonly status: number,
    readonly codes: readonly number[] = [],
  ) {
    super(message);
  }
}

interface Answer {
  readonly success?: boolean;
  readonly result?: unknown;
  readonly errors?: readonly { readonly code: number; readonly message: string }[];
}

interface Request {
  readonly method: "GET" | "POST" | "PUT";
  readonly path: string;
  readonly body?: object;
  readonly headers?: (path: string, body: string) => Promise<OutgoingHttpHeaders> | OutgoingHttpHeaders;
}

/** Code of `ErrDupIdentityReg` of fabric-ca: an identity of that name is registered. */
const alreadyRegistered = 74;

/** A fabric-ca server (REST API v1, fabric-ca `swagger-fabric-ca.json`). Every request ends within `timeout` milliseconds. */
export class CertificateAuthority {
  constructor(
    private readonly address: AuthorityAddress,
    private readonly timeout = 10_000,
  ) {}

  /** The certificates of the server's chain in PEM, its own first. @throws AuthorityError */
  async chain(): Promise<readonly string[]> {
    const result = (await this.send({ method: "GET", path: "cainfo" })) as { CAChain?: string };
    return certificatesIn(Buffer.from(result.CAChain ?? "", "base64").toString());
  }

  /** Enrols an identity with its secret: a new key pair, and the certificate for it. @throws AuthorityError */
  async enrol(name: string, secret: string): Promise<Registrar> {
    const { privateKey, request } = await signingRequest(name);
    const credentials = `Basic ${Buffer.from(`${name}:${secret}`).toString("base64")}`;
    const result = (await this.send({
      method: "POST",
      path: "enroll",
      body: { certificate_request: request, ...this.named() },
      headers: () => ({ Authorization: credentials }),
    })) as { Cert?: string };
    return { certificate: Buffer.from(result.Cert ?? "", "base64").toString(), privateKey };
  }

  /**
   * Registers an identity under a secret that can be used any number of times. Where it is registered already, the
   * secret is set again, so that what pods are given and what the authority expects agree.
   * @throws AuthorityError
   */
  async register(registrar: Registrar, { name, type }: Identity, secret: string): Promise<"made" | "set"> {
    const properties = { type, secret, max_enrollments: -1, ...this.named() };
    const headers = async (path: string, body: string, method: string): Promise<OutgoingHttpHeaders> => ({
      Authorization: await authorisation(registrar, { method, path, body }),
    });
    try {
      await this.send({
        method: "POST",
        path: "register",
        body: { id: name, affiliation: "", ...properties },
        headers: (path, body) => headers(path, body, "POST"),
      });
      return "made";
    } catch (thrown) {
      if (!(thrown instanceof AuthorityError && thrown.codes.includes(alreadyRegistered))) throw thrown;
    }
    await this.send({
      method: "PUT",
      path: `identities/${encodeURIComponent(name)}`,
      body: { affiliation: "", attrs: [], ...properties },
      headers: (path, body) => headers(path, body, "PUT"),
    });
    return "set";
  }

  private named(): { readonly caname?: string } {
    return this.address.name === undefined ? {} : { caname: this.address.name };
  }

  private async send({ method, path, body, headers = () => ({}) }: Request): Promise<unknown> {
    const { url, trust, serverName } = this.address;
    const text = body === undefined ? "" : JSON.stringify(body);
    const target = new URL(`/api/v1/${path}`, url);
    const what = `${method} ${target.href}`;
    const authorised = await headers(target.pathname, text);
    return new Promise<unknown>((resolve, reject) => {
      const sent = request(
        target,
        {
          method,
          ca: trust,
          ...(serverName === undefined ? {} : { servername: serverName }),
          headers: { "Content-Type": "application/json", ...authorised },
        },
        (response) => {
          let received = "";
          response.setEncoding("utf8");
          response.on("data", (part: string) => (received += part));
          response.once("error", (error) => reject(new AuthorityError(`${what}: ${error.message}`, 0)));
          response.once("end", () => {
            clearTimeout(timer);
            const status = response.statusCode ?? 0;
            const answer = parsed(received);
            if (answer?.success === true) return resolve(answer.result);
            const errors = answer?.errors ?? [];
            const said = errors.map(({ message }) => message).join("; ") || received.slice(0, 200);
            const codes = errors.map(({ code }) => code);
            reject(new AuthorityError(`${what}: ${status} ${said}`, status, codes));
          });
        },
      );
      const timer = setTimeout(() => sent.destroy(new Error(`no answer within ${this.timeout} ms`)), this.timeout);
      sent.once("error", (error) => {
        clearTimeout(timer);
        reject(new AuthorityError(`${what}: ${error.message}`, 0));
      });
      sent.end(text);
    });
  }
}

/** The certificates of a PEM bundle, each by itself. */
export function certificatesIn(bundle: string): readonly string[] {
  const found = bundle.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  return found.map((certificate) => `${certificate}\n`);
}

function parsed(text: string): Answer | undefined {
  try {
    return JSON.parse(text) as Answer;
  } catch {
    return undefined;
  }
}
