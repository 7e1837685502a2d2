/** What an organisation publishes under one name: file names and their bytes. */
export type Notice = Readonly<Record<string, Uint8Array>>;

/** Where organisations publish what the others need: certificates, config blocks, signatures. Never a secret. */
export interface Board {
  /**
   * What an organisation published under that name; undefined if it has not, or has taken it back.
   * @param site Of a network over several clusters the one on which it was published; without it, the own one.
   * @throws Error where it cannot be told.
   */
  read(organisation: string, name: string, site?: string): Promise<Notice | undefined>;
  /**
   * In the own organisation's part only; replaces what stood there.
   * @param once Leaves what stands there already as it is: of two agents that publish at once, one does.
   */
  publish(name: string, content: Notice, once?: "once"): Promise<void>;
}
