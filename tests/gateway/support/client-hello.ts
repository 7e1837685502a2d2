import { Duplex } from "node:stream";
import { connect } from "node:tls";

/** The first message of a TLS client that asks for a name, or for none. */
export function clientHello(name?: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const wire = new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _encoding, done) => {
        done();
        resolve(chunk);
      },
    });
    connect({ socket: wire, ...(name === undefined ? {} : { servername: name }) }).once("error", reject);
  });
}
