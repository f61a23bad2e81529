/** Person: an account with devices, and what signing in takes. */
import {
  accountIdOf,
  appendProofBytes,
  beginList,
  type DeviceList,
  deviceIdOf,
  type EntryChange,
  encodeEntry,
  encodeInception,
  entryBytes,
  nextEntryBody,
  rootHashOf,
  signInBytes,
  takeEntry,
} from "@yanshu/wire";
import { nodePrimitives } from "../core/node-crypto.ts";
import type { Client } from "./client.ts";
import type { ManualClock } from "./clock.ts";
import { type Signer, signerFrom } from "./keys.ts";

const { sha256 } = nodePrimitives;

/** Where a person finds a server. */
export type Place = { readonly clock: ManualClock; readonly client: () => Promise<Client> };

export class Person {
  readonly name: string;
  readonly root: Signer;
  readonly nextRoot: Signer;
  readonly inception: Uint8Array;
  readonly account: Uint8Array;
  readonly phone: Device;
  list: DeviceList;
  entries: Uint8Array[];

  constructor(name: string) {
    this.name = name;
    this.root = signerFrom(`${name} root`);
    this.nextRoot = signerFrom(`${name} next root`);
    this.inception = encodeInception(this.root.publicKey, rootHashOf(sha256, this.nextRoot.publicKey));
    this.account = accountIdOf(sha256, this.inception);
    this.phone = new Device(this, "phone");
    this.list = beginList(nodePrimitives, this.inception);
    this.entries = [this.entryOf([this.phone], this.root)];
  }

  /** The entry that would follow, without taking it. */
  entryOf(devices: readonly Device[], signer: Signer, change: EntryChange = {}): Uint8Array {
    const keys = devices.map(({ keys }) => keys.publicKey);
    const body = nextEntryBody(this.list, { ...change, devices: keys }, signer.publicKey);
    return encodeEntry(body, signer.sign(entryBytes(body)));
  }

  /** As a device says under which list it is. */
  get head(): { readonly n: number; readonly entryHash: Uint8Array } {
    return { n: this.entries.length - 1, entryHash: sha256(this.entries.at(-1) as Uint8Array) };
  }

  /** Takes its own entry, so that the next one follows it. */
  async adopt(entry: Uint8Array): Promise<Uint8Array> {
    const step = await takeEntry(nodePrimitives, this.list, entry);
    if (step.kind === "refused") throw new Error(step.why);
    this.list = step.list;
    this.entries = step.list.entries.map(({ bytes }) => bytes);
    return entry;
  }

  /** A further device, listed by `signer`. */
  async addDevice(home: Place, name: string, signer: Signer = this.phone.keys): Promise<Device> {
    if (this.list.entries.length === 0) await this.adopt(this.entries[0] as Uint8Array);
    const device = new Device(this, name);
    const entry = await this.adopt(this.entryOf([this.phone, device], signer));
    const caller = await home.client();
    await this.append(caller, entry, signer);
    caller.close();
    return device;
  }

  /** On a connection where nobody is signed in. @param by the device that shows that it is there. */
  append(caller: Client, entry: Uint8Array, by: Signer) {
    const { domain, incarnation, nonce } = caller;
    const proof = appendProofBytes({ domain, incarnation, nonce, account: this.account });
    const shown = { key: by.publicKey, signature: by.sign(proof) };
    return caller.call("appendEntries", { account: this.account, entries: [entry], by: shown });
  }
}

export class Device {
  readonly owner: Person;
  readonly name: string;
  readonly keys: Signer;
  readonly id: Uint8Array;
  /** What the next sign-in shows, and how many there were. */
  current: Uint8Array;
  private signIns = 0;
  private addressCount = 0;

  constructor(owner: Person, name: string) {
    this.owner = owner;
    this.name = name;
    this.keys = signerFrom(`${owner.name} ${name}`);
    this.id = deviceIdOf(sha256, this.keys.publicKey);
    this.current = this.value(0);
  }

  value(n: number): Uint8Array {
    return sha256(new TextEncoder().encode(`${this.owner.name} ${this.name} ${n}`)).slice(0, 16);
  }

  async signIn(home: Place, pair?: { current: Uint8Array; next: Uint8Array }): Promise<Client> {
    const client = await home.client();
    await this.signInOn(client, pair);
    await home.clock.pass(5);
    return client;
  }

  async signInOn(client: Client, pair?: { current: Uint8Array; next: Uint8Array }, by: Signer = this.keys) {
    const { current, next } = pair ?? { current: this.current, next: this.value(++this.signIns) };
    const { domain, nonce, incarnation } = client;
    const { account } = this.owner;
    const signed = signInBytes({ domain, incarnation, nonce, account, device: this.id, current, next });
    const answer = await client.call("signIn", { account, device: this.id, current, next, signature: by.sign(signed) });
    this.current = next;
    return answer;
  }

  /** A fresh address, registered on `client`. */
  async address(client: Client): Promise<Uint8Array> {
    const address = sha256(
      new TextEncoder().encode(`${this.owner.name} ${this.name} address ${++this.addressCount}`),
    ).slice(0, 16);
    await client.call("addresses", { add: [address], remove: [] });
    return address;
  }
}
