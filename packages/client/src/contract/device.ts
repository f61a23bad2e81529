/**
 * The device on which a feature runs: its clock, chance and store, and how to say that something changed
 * (../feature.ts).
 */
import type { Crypto } from "@yanshu/mls";
import type { Database } from "@yanshu/store";
import type { AccountId, Address, Bytes, ConversationId, DeviceId, UnixMs } from "@yanshu/wire";
import type { FeatureFiles } from "./files.ts";
import type { ReadContext } from "./reading.ts";
import type { FeatureServer } from "./server.ts";

/** What a feature seals and signs with: by keys that it brings. */
export type FeatureCrypto = Pick<Crypto, "stretch" | "seal" | "open" | "sign" | "signatureKeyPair" | "verify">;

export type DeviceContext = {
  readonly nowMs: () => UnixMs;
  readonly random: (bytes: number) => Bytes;
  readonly sha256: (data: Bytes) => Bytes;
  readonly crypto: FeatureCrypto;
  /** Runs later; what it throws is counted. */
  readonly after: (ms: number, run: () => void) => void;
  /** The own account. Only where somebody lives on this device. */
  readonly own: () => AccountId;
  readonly device: () => DeviceId;
  /** Keys of an account's listed devices; none while its list is in dispute. */
  readonly keysOf: (account: AccountId) => Promise<readonly Bytes[]>;
  /** How often an account dropped devices, by its list as it is known here; undefined where none is loaded. */
  readonly dropsOf: (account: AccountId) => number | undefined;
  /** Keys of all devices that this account ever listed: what they said before they were dropped is its own. */
  readonly ownKeysEver: () => readonly Bytes[];
  /** In [0, 1): chance that a simulation repeats. */
  readonly chance: () => number;
  readonly files: FeatureFiles;
  readonly server: FeatureServer;
  /** What screens see, read now. */
  readonly read: () => ReadContext;
  /** The server's name: host, with its port if it is not the usual one. */
  readonly serverName: () => string;
  /** Whether what is at that server can be asked for: at home, through home, or directly where the app may. */
  readonly reaches: (server: string) => boolean;
  /** For links: the origin under which a server serves the app. */
  readonly originOf: (server: string) => string;
  /** Whether somebody lives on this device. */
  readonly isHome: () => boolean;
  /** Whether the person wants what was said kept at the server for own devices to come (VA12). */
  readonly keepsHistory: () => boolean;
  /** Of the own account. */
  readonly devices: () => readonly DeviceId[];
  /** Where this device is reached in the conversations of this account. */
  readonly addresses: () => readonly { readonly conversation: ConversationId; readonly address: Address }[];
  /** Resolves when all that came is stored. */
  readonly settled: () => Promise<void>;
  /** The store, for the tables of the feature. */
  readonly db: Database;
  /** Views of these topics are read again. */
  readonly changed: (...topics: readonly string[]) => void;
  /** The same for all that shows this conversation. */
  readonly changedIn: (conversation: ConversationId) => void;
  /** Counts what nobody waits for and that failed. */
  readonly failed: (error: unknown) => void;
  /** All that is here of the account goes, and this device signs out. */
  readonly wipe: () => Promise<void>;
};
