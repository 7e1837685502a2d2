import { Writable } from "node:stream";

/** Keeps what is written to it. */
export class Collected extends Writable {
  text = "";

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}
