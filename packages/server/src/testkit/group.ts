/** Group: a gate and its list as its members know them, with keys that a test can sign with. */
import {
  type Address,
  encodeParts,
  gateBytes,
  gateIdOf,
  type Part,
  type PostHeader,
  postHashOf,
  tokenHashOf,
} from "@yanshu/wire";
import { nodePrimitives } from "../core/node-crypto.ts";
import type { Client } from "./client.ts";
import { type Signer, signerFrom } from "./keys.ts";

const { sha256 } = nodePrimitives;

export class Group {
  readonly name: string;
  readonly founding: Signer;
  readonly gate: Uint8Array;
  epoch = 0;
  list: Uint8Array = new Uint8Array(32);

  constructor(name: string) {
    this.name = name;
    this.founding = signerFrom(`${name} founding`);
    this.gate = gateIdOf(sha256, this.founding.publicKey);
  }

  tokenOf(epoch: number): Uint8Array {
    return sha256(new TextEncoder().encode(`${this.name} token ${epoch}`)).slice(0, 16);
  }

  keyOf(epoch: number): Signer {
    return signerFrom(`${this.name} post key ${epoch}`);
  }

  /** Uploads the list and makes it the group's. */
  async upload(client: Client, addresses: readonly Address[]): Promise<void> {
    this.list = (await client.call("uploadList", { addresses })).hash;
  }

  /** Uploads a list with addresses at several servers. Returns the servers that get nothing. */
  async uploadFar(
    client: Client,
    entries: readonly { readonly server: string; readonly address: Address }[],
  ): Promise<readonly string[]> {
    const { hash, refused } = await client.call("uploadFarList", { entries });
    this.list = hash;
    return refused;
  }

  parts(text: string): Part[] {
    return [{ target: { kind: "list", list: this.list }, envelope: new TextEncoder().encode(text) }];
  }

  create(parts: readonly Part[], signer: Signer = this.founding): PostHeader {
    const header = {
      mode: "create" as const,
      gate: this.gate,
      foundingKey: this.founding.publicKey,
      nextPostKey: this.keyOf(1).publicKey,
      nextTokenHash: tokenHashOf(sha256, this.tokenOf(1)),
      signature: new Uint8Array(64),
    };
    return { ...header, signature: signer.sign(gateBytes(header, postHashOf(sha256, encodeParts(parts)))) };
  }

  commit(parts: readonly Part[], epoch = this.epoch, signer: Signer = this.keyOf(epoch)): PostHeader {
    const header = {
      mode: "commit" as const,
      gate: this.gate,
      epoch,
      nextPostKey: this.keyOf(epoch + 1).publicKey,
      nextTokenHash: tokenHashOf(sha256, this.tokenOf(epoch + 1)),
      signature: new Uint8Array(64),
    };
    return { ...header, signature: signer.sign(gateBytes(header, postHashOf(sha256, encodeParts(parts)))) };
  }

  application(epoch = this.epoch, token: Uint8Array = this.tokenOf(epoch)): PostHeader {
    return { mode: "application", gate: this.gate, epoch, token };
  }

  /** Founds the group on the server. */
  async found(client: Client, addresses: readonly Address[]): Promise<void> {
    await this.upload(client, addresses);
    const parts = this.parts(`welcome to ${this.name}`);
    await client.post(this.create(parts), parts);
    this.epoch = 1;
  }

  /** The same, for addresses at several servers. Returns the servers that get nothing. */
  async foundFar(client: Client, entries: Parameters<Group["uploadFar"]>[1]): Promise<readonly string[]> {
    const refused = await this.uploadFar(client, entries);
    const parts = this.parts("welcome");
    await client.post(this.create(parts), parts);
    this.epoch = 1;
    return refused;
  }

  async say(client: Client, text: string): Promise<void> {
    await client.post(this.application(), this.parts(text));
  }
}
