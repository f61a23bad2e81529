/** Fields of the vault's keys, as own devices and the recovery record tell them (docs/spec/vault.md VA6, VA24, VA29). */
import { fixed, type Infer, idBytes, list, struct, uint } from "@yanshu/wire";

export const vaultKeyBytes = 32;
export const vaultKeysMax = 128;
export const vaultFormersMax = 512;

/** A device that counted under an epoch, by entries that the root's word went around (VA29). */
const vaultFormer = struct({ epoch: uint(), key: fixed(idBytes.publicKey) });
export type VaultFormer = Infer<typeof vaultFormer>;

export const vaultKeys = list(struct({ epoch: uint(), key: fixed(vaultKeyBytes) }), vaultKeysMax);
/** From which place on an epoch of the vault counts (VA24). */
export const vaultBegins = list(struct({ epoch: uint(), at: uint() }), vaultKeysMax);
export const vaultFormers = list(vaultFormer, vaultFormersMax);
