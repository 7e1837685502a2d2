/** Options of every command. */
export interface ClientOptions {
  readonly model: string;
  readonly identity: string;
  readonly organisation: string;
  /** Names of peers' pods, the only ones to be asked. */
  readonly peer?: readonly string[];
  /** `<host>:<port>` behind which any peer of the organisation answers, in place of the peers one by one. */
  readonly through?: string;
  readonly json?: true;
  readonly channel: string;
  readonly chaincode: string;
}

export interface CallOptions extends ClientOptions {
  readonly function: string;
  readonly transient?: Readonly<Record<string, string>>;
  readonly endorser?: readonly string[];
  readonly fromInput?: true;
}

export interface EventsOptions extends ClientOptions {
  readonly from?: number;
  readonly checkpoint?: string;
  readonly count?: number;
  readonly blocks?: true;
  readonly untilInputEnds?: true;
}

export interface LoadCommandOptions extends ClientOptions {
  readonly rate: number;
  readonly inFlight?: number;
  readonly seconds?: number;
  readonly untilInputEnds?: true;
  readonly gap: number;
  readonly verify: boolean;
}
