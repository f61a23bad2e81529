/**
 * Fields of the vault's keys, and of what a later version adds to the recovery record, as own devices and the record
 * tell them (docs/spec/vault.md VA6, VA24, VA29, VA35).
 */
import { blob, fixed, type Infer, idBytes, list, struct, uint } from "@yanshu/wire";

export const vaultKeyBytes = 32;
export const vaultKeysMax = 128;
export const vaultFormersMax = 512;
export const additionsMax = 16;
export const additionBytesMax = 4 * 1_024;

/** A device that counted under an epoch, by entries that the root's word went around (VA29). */
const vaultFormer = struct({ epoch: uint(), key: fixed(idBytes.publicKey) });
export type VaultFormer = Infer<typeof vaultFormer>;

export const vaultKeys = list(struct({ epoch: uint(), key: fixed(vaultKeyBytes) }), vaultKeysMax);
/** From which place on an epoch of the vault counts (VA24). */
export const vaultBegins = list(struct({ epoch: uint(), at: uint() }), vaultKeysMax);
export const vaultFormers = list(vaultFormer, vaultFormersMax);

/**
 * What a later version adds to a recovery record, each under a number of its own: kept as it is by who does not know it
 * (VA35).
 */
export const recordAdditions = list(struct({ type: uint(0xffff), data: blob(additionBytesMax) }), additionsMax);
export type RecordAdditions = Infer<typeof recordAdditions>;
