/** The account's history at home, encrypted (docs/spec/vault.md). */
import type { UnixMs } from "@yanshu/wire";

export type VaultApi = {
  /** For all own devices. Off: what is kept there is deleted. */
  readonly setVault: (isOn: boolean) => Promise<void>;
};

export type VaultView = {
  readonly isOn: boolean;
  /** What it fills at home, and may; undefined until home said so. */
  readonly bytes?: number;
  readonly bytesMax?: number;
  /** There is no room for what is said now. */
  readonly isFull: boolean;
  /** How much this device has fetched of what it lacked: parts of `of`; all of it when they are equal. */
  readonly done: number;
  readonly of: number;
  /** How many messages of this device are still to be put there. */
  readonly waiting: number;
  /** When all that this device had was there last, with what brings people and groups back (VA13). */
  readonly wholeMs?: UnixMs;
};

export type VaultViews = { readonly vault: { readonly args: readonly []; readonly value: VaultView } };
