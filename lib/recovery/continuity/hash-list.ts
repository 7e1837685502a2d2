const hashBytes = 32;

/** SHA-256 hashes by height, 32 bytes each: a chain has millions. */
export class HashList {
  private bytes = Buffer.alloc(hashBytes * 64);

  /** @param first Lowest height that will be set. */
  constructor(private readonly first: number) {}

  set(height: number, hash: string): void {
    const offset = (height - this.first) * hashBytes;
    if (offset + hashBytes > this.bytes.length) {
      this.bytes = Buffer.concat([this.bytes, Buffer.alloc(Math.max(this.bytes.length, offset + hashBytes))]);
    }
    this.bytes.write(hash, offset, hashBytes, "hex");
  }

  /** Undefined where none was set; nothing has the hash zero. */
  at(height: number): string | undefined {
    if (height < this.first) return undefined;
    const hash = this.bytes.subarray((height - this.first) * hashBytes, (height - this.first + 1) * hashBytes);
    return hash.length === 0 || hash.every((byte) => byte === 0) ? undefined : hash.toString("hex");
  }
}
