/**
 * Address lists (docs/spec/delivery.md DS15): uploaded once, kept in memory only, named by hash. Each holds which
 * devices its addresses mean, so that a post to 500 looks up one name. An address that is deleted, or registered later,
 * makes the lists that it stands in be looked up again. Where other servers change addresses too, each list is looked
 * up again in each transaction.
 *
 * Anybody may upload, so they are kept by the bytes that they take (DS134). Those that a post named that was taken have
 * a room of their own, which uploads without posts do not reach.
 */
import { type Address, type Bytes, concat, idBytes, type ListHash, listHashOf, toHex } from "@yanshu/wire";
import type { SyncPrimitives } from "../core/ports.ts";
import { keyOf, RecentMap } from "../core/recent.ts";
import type { FarPart } from "../feature.ts";
import type { AccountLog, DeviceRef } from "../log/log.ts";

export type AddressList = {
  readonly hash: ListHash;
  readonly key: string;
  readonly topic: string;
  /** Of those that are here. */
  readonly addresses: Bytes;
  /** Of those that are at other servers (docs/spec/peers.md PE30). */
  far: readonly FarPart[];
  /** Each device once, even when several of its addresses are listed. */
  devices: readonly DeviceRef[];
  /** Those of them that a message to this list wakes (docs/spec/push.md PU5). */
  waking: ReadonlySet<DeviceRef>;
  /** Addresses that mean no device now. */
  unresolved: number;
  fresh: boolean;
  /** The transaction in which it was looked up. */
  seenIn: number;
};

/** Of the bytes for lists, those for lists that no post has named yet. */
const unusedShare = 1 / 4;
/** What a list takes besides what stands for its addresses, and for each of these. */
const listBytes = 1_024;
const addressBytes = 32;

export class AddressLists {
  private readonly lists: RecentMap<AddressList>;
  private readonly unused: RecentMap<AddressList>;
  private readonly log: Pick<AccountLog, "addressEnd">;
  private readonly sha256: SyncPrimitives["sha256"];
  private readonly changed: (list: AddressList) => void;
  private readonly transaction: (() => number) | undefined;

  /**
   * @param changed is told of a list that goes, or whose devices may have changed.
   * @param transaction numbers the one under way, where other servers change addresses too.
   */
  constructor(
    log: Pick<AccountLog, "addressEnd">,
    sha256: SyncPrimitives["sha256"],
    bytesKept: number,
    changed: (list: AddressList) => void,
    transaction?: () => number,
  ) {
    this.transaction = transaction;
    this.log = log;
    this.sha256 = sha256;
    this.changed = changed;
    // Each holds up to twice what it is told, in two generations.
    this.lists = new RecentMap((bytesKept * (1 - unusedShare)) / 2, weightOf, changed);
    this.unused = new RecentMap((bytesKept * unusedShare) / 2, weightOf, changed);
  }

  /** What they take in memory, and how many there are. */
  counts(): { readonly lists: number; readonly listBytes: number } {
    let [lists, bytes] = [0, 0];
    for (const list of this.all()) {
      lists++;
      bytes += weightOf(list);
    }
    return { lists, listBytes: bytes };
  }

  upload(addresses: readonly Address[]): ListHash {
    const hash = listHashOf(this.sha256, addresses);
    this.add(hash, addresses, nowhereElse);
    return hash;
  }

  /** A list of addresses of several servers, of which those here are named. */
  add(hash: ListHash, addresses: readonly Address[], far: readonly FarPart[]): void {
    const key = keyOf(hash);
    const held = this.lists.get(key) ?? this.unused.get(key);
    if (held !== undefined) this.addFar(held, far);
    else
      this.unused.set(key, {
        hash,
        key,
        topic: toHex(hash),
        addresses: concat(...addresses),
        far,
        devices: [],
        waking: nobody,
        unresolved: 0,
        fresh: false,
        seenIn: 0,
      });
  }

  /** Parts at servers that were not spoken with when the list came first; those that it has stay. */
  private addFar(list: AddressList, far: readonly FarPart[]): void {
    const more = far.filter(({ server }) => !list.far.some((part) => part.server === server));
    if (more.length === 0) return;
    const kept = this.lists.get(list.key) === undefined ? this.unused : this.lists;
    kept.delete(list.key); // Its weight changes.
    list.far = [...list.far, ...more];
    kept.set(list.key, list);
  }

  isKnown(hash: ListHash): boolean {
    return this.held(hash) !== undefined;
  }

  find(hash: ListHash): AddressList | undefined {
    const list = this.held(hash);
    if (list !== undefined && !this.isFresh(list)) this.resolve(list);
    return list;
  }

  /** A post that was taken named it. */
  used(hash: ListHash): void {
    const key = keyOf(hash);
    const list = this.unused.get(key);
    if (list === undefined) return;
    this.unused.delete(key);
    this.lists.set(key, list);
  }

  /** The addresses in a list, without looking up whose they are. */
  named(hash: ListHash): Iterable<Address> {
    const list = this.held(hash);
    return list === undefined ? [] : addressesIn(list);
  }

  /** Those in the list that are the device's own. */
  addressesOf(hash: ListHash, device: DeviceRef): readonly Address[] {
    const list = this.find(hash);
    if (list?.devices.includes(device) !== true) return [];
    return [...addressesIn(list)].filter((address) => this.log.addressEnd(address)?.device === device);
  }

  addressAdded(): void {
    for (const list of this.all()) if (list.unresolved > 0) list.fresh = false;
  }

  /**
   * Of these devices addresses were taken, which of them may stand in a list is found out when it is used: a thousand
   * lists of a thousand addresses are not looked through for each (docs/spec/delivery.md DS189).
   */
  addressesRemoved(devices: ReadonlySet<DeviceRef>): void {
    if (devices.size === 0) return;
    for (const list of this.all()) if (list.fresh && list.devices.some((one) => devices.has(one))) list.fresh = false;
  }

  /** Also when a device says anew which of its addresses wake it. */
  deviceDropped(device: DeviceRef): void {
    for (const list of this.all()) if (list.devices.includes(device)) list.fresh = false;
  }

  /** After a transaction that did not happen: what was looked up inside it may be wrong. */
  forgetDevices(): void {
    for (const list of this.all()) list.fresh = false;
  }

  private held(hash: ListHash): AddressList | undefined {
    const key = keyOf(hash);
    return this.lists.get(key) ?? this.unused.get(key);
  }

  private *all(): Iterable<AddressList> {
    yield* this.lists.values();
    yield* this.unused.values();
  }

  private isFresh(list: AddressList): boolean {
    return list.fresh && (this.transaction === undefined || list.seenIn === this.transaction());
  }

  private resolve(list: AddressList): void {
    const devices = new Set<DeviceRef>();
    const waking = new Set<DeviceRef>();
    list.unresolved = 0;
    for (const address of addressesIn(list)) {
      const end = this.log.addressEnd(address);
      if (end === undefined) list.unresolved++;
      else devices.add(end.device);
      if (end?.wakes === true) waking.add(end.device);
    }
    const isAsBefore =
      this.transaction !== undefined &&
      list.fresh &&
      list.devices.length === devices.size &&
      list.devices.every((one) => devices.has(one));
    if (!isAsBefore) {
      this.changed(list);
      list.devices = [...devices];
    }
    list.waking = waking.size === 0 ? nobody : waking;
    list.fresh = true;
    list.seenIn = this.transaction?.() ?? 0;
  }
}

const nowhereElse: readonly FarPart[] = [];
/** Most lists wake nobody; they share this. */
const nobody: ReadonlySet<DeviceRef> = new Set();

function weightOf(list: AddressList): number {
  const far = list.far.reduce((sum, { addresses }) => sum + listBytes + addresses.length, 0);
  return listBytes + (list.addresses.length / idBytes.address) * addressBytes + far;
}

function* addressesIn({ addresses }: AddressList): Generator<Address> {
  for (let at = 0; at < addresses.length; at += idBytes.address) yield addresses.subarray(at, at + idBytes.address);
}
