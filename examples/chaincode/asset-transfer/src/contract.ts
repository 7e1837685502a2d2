import { createHash } from "node:crypto";
import { Context, Contract, Info, Returns, Transaction } from "fabric-contract-api";
import { type Asset, decode, encode } from "./asset";

/** Assets that are created, change hands and go, and prices of them that only the members of a collection see. */
@Info({ title: "AssetTransfer", description: "Assets that change hands, with prices that only some see" })
export class AssetTransfer extends Contract {
  constructor() {
    super("AssetTransfer");
  }

  @Transaction()
  @Returns("string")
  async create(context: Context, id: string, owner: string, value: number): Promise<string> {
    if ((await context.stub.getState(id)).length > 0) throw new Error(`asset ${id} exists already`);
    return this.#write(context, "AssetCreated", { id, owner, value: wholeNumber(value) });
  }

  @Transaction(false)
  @Returns("string")
  async read(context: Context, id: string): Promise<string> {
    return text(encode(await this.#find(context, id)));
  }

  @Transaction()
  @Returns("string")
  async update(context: Context, id: string, value: number): Promise<string> {
    const asset = await this.#find(context, id);
    return this.#write(context, "AssetUpdated", { ...asset, value: wholeNumber(value) });
  }

  @Transaction()
  @Returns("string")
  async transfer(context: Context, id: string, owner: string): Promise<string> {
    const asset = await this.#find(context, id);
    return this.#write(context, "AssetTransferred", { ...asset, owner });
  }

  @Transaction()
  async delete(context: Context, id: string): Promise<void> {
    const asset = await this.#find(context, id);
    await context.stub.deleteState(id);
    context.stub.setEvent("AssetDeleted", encode(asset));
  }

  /** Assets whose ids are from `first` on, up to but without `end`; two empty texts mean all. JSON, in order of ids. */
  @Transaction(false)
  @Returns("string")
  async range(context: Context, first: string, end: string): Promise<string> {
    const assets: Asset[] = [];
    for await (const { value } of context.stub.getStateByRange(first, end)) assets.push(decode(value));
    return JSON.stringify(assets);
  }

  /**
   * Keeps the price of an asset for the members of a collection. The price travels as transient data (`price`), which is
   * never written to a block; everybody else gets its hash only. Let the price end with a random salt: there are not so
   * many prices that nobody could try all their hashes.
   */
  @Transaction()
  async agreePrice(context: Context, collection: string, id: string): Promise<void> {
    await this.#find(context, id);
    await context.stub.putPrivateData(collection, id, transientPrice(context));
    context.stub.setEvent("PriceAgreed", Buffer.from(JSON.stringify({ id, collection })));
  }

  /** The price itself. Works on peers of the collection's members only. */
  @Transaction(false)
  @Returns("string")
  async readPrice(context: Context, collection: string, id: string): Promise<string> {
    const price = await context.stub.getPrivateData(collection, id);
    if (price.length === 0) throw new Error(`no price of asset ${id} is known here`);
    return text(price);
  }

  /** SHA-256 of the price, hexadecimal. Works on every peer of the channel. */
  @Transaction(false)
  @Returns("string")
  async priceHash(context: Context, collection: string, id: string): Promise<string> {
    const hash = await context.stub.getPrivateDataHash(collection, id);
    if (hash.length === 0) throw new Error(`no price of asset ${id} was agreed in ${collection}`);
    return Buffer.from(hash).toString("hex");
  }

  /** Whether the price given as transient data (`price`) is the one that was agreed. Works on every peer of the channel. */
  @Transaction(false)
  @Returns("boolean")
  async verifyPrice(context: Context, collection: string, id: string): Promise<boolean> {
    const claimed = createHash("sha256").update(transientPrice(context)).digest("hex");
    return claimed === (await this.priceHash(context, collection, id));
  }

  /** Writes any text under any key and reads nothing, so that transactions never conflict: for load. */
  @Transaction()
  async put(context: Context, key: string, value: string): Promise<void> {
    await context.stub.putState(key, Buffer.from(value));
  }

  /** What {@link put} wrote; empty if nothing. */
  @Transaction(false)
  @Returns("string")
  async get(context: Context, key: string): Promise<string> {
    return text(await context.stub.getState(key));
  }

  async #find(context: Context, id: string): Promise<Asset> {
    const state = await context.stub.getState(id);
    if (state.length === 0) throw new Error(`asset ${id} does not exist`);
    return decode(state);
  }

  async #write(context: Context, event: string, asset: Asset): Promise<string> {
    const bytes = encode(asset);
    await context.stub.putState(asset.id, bytes);
    context.stub.setEvent(event, bytes);
    return text(bytes);
  }
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("utf8");

function wholeNumber(value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`value is ${value}; it must be a whole number from 0`);
  return value;
}

function transientPrice(context: Context): Uint8Array {
  const price = context.stub.getTransient().get("price");
  if (price === undefined || price.length === 0) throw new Error('the transient data holds no "price"');
  return price;
}
