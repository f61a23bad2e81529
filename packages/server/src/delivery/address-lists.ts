/**
 * Address lists (docs/spec/delivery.md DS15): uploaded once, kept in memory only, named by hash. Each caches the
 * devices of its addresses, so that a post to 500 needs one lookup. When an address is deleted or registered, lists
 * that may contain it are looked up again. In a shared log each list is looked up again in each transaction.
 *
 * Anybody may upload lists, so their bytes are limited (DS134). Lists that an accepted post named have memory of their
 * own, which uploads without posts cannot use up.
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
  /** The addresses at this server, one after another. */
  readonly addresses: Bytes;
  /** The parts of the list at other servers (docs/spec/peers.md PE30). */
  far: readonly FarPart[];
  /** Each device once, even when several of its addresses are listed. */
  devices: readonly DeviceRef[];
  /** The `devices` that a message to this list wakes (docs/spec/push.md PU5). */
  waking: ReadonlySet<DeviceRef>;
  /** The number of addresses that belong to no device now. */
  unresolved: number;
  /** Whether `devices` and `waking` are up to date. */
  fresh: boolean;
  /** The number of the transaction in which the list was last looked up. */
  seenIn: number;
};

/** The share of the memory for lists that no post has named yet. */
const unusedShare = 1 / 4;
/** Memory that is counted for a list itself, and for each of its addresses. */
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
   * @param changed called with a list that is dropped, or whose devices may have changed.
   * @param transaction in a shared log: returns the number of the current transaction.
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
    // A RecentMap holds up to twice its `max`, in two generations.
    this.lists = new RecentMap((bytesKept * (1 - unusedShare)) / 2, weightOf, changed);
    this.unused = new RecentMap((bytesKept * unusedShare) / 2, weightOf, changed);
  }

  /** The number of lists, and the bytes of memory counted for them. */
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

  /** Adds a list with addresses at several servers. @param addresses those at this server. */
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

  /** Adds parts at servers that could not be reached when the list was first added. Parts that it has stay. */
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

  /** Notes that an accepted post named the list. */
  used(hash: ListHash): void {
    const key = keyOf(hash);
    const list = this.unused.get(key);
    if (list === undefined) return;
    this.unused.delete(key);
    this.lists.set(key, list);
  }

  /** How many addresses here are in a list; 0 for one that is not known. */
  size(hash: ListHash): number {
    return (this.held(hash)?.addresses.length ?? 0) / idBytes.address;
  }

  /** The addresses in a list, without looking up whose they are. */
  named(hash: ListHash): Iterable<Address> {
    const list = this.held(hash);
    return list === undefined ? [] : addressesIn(list);
  }

  /** The addresses in the list that belong to the device. */
  addressesOf(hash: ListHash, device: DeviceRef): readonly Address[] {
    const list = this.find(hash);
    if (list?.devices.includes(device) !== true) return [];
    return [...addressesIn(list)].filter((address) => this.log.addressEnd(address)?.device === device);
  }

  addressAdded(): void {
    for (const list of this.all()) if (list.unresolved > 0) list.fresh = false;
  }

  /**
   * These devices lost addresses. Their lists are looked up again when they are used: searching thousands of long lists
   * for each address would be expensive (docs/spec/delivery.md DS189).
   */
  addressesRemoved(devices: ReadonlySet<DeviceRef>): void {
    if (devices.size === 0) return;
    for (const list of this.all()) if (list.fresh && list.devices.some((one) => devices.has(one))) list.fresh = false;
  }

  /** The device was deleted, or changed which of its addresses wake it. */
  deviceDropped(device: DeviceRef): void {
    for (const list of this.all()) if (list.devices.includes(device)) list.fresh = false;
  }

  /** A transaction was rolled back: what was looked up inside it may be wrong. */
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
