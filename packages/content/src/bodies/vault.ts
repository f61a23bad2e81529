/** What own devices tell each other of their vault: its keys, and whether there shall be one (docs/spec/vault.md VA6, VA12). */
import { bool, fixed, type Infer, idBytes, list, struct, uint } from "@yanshu/wire";

export const vaultKeyBytes = 32;
export const vaultKeysMax = 128;
export const vaultKey = struct({ epoch: uint(), key: fixed(vaultKeyBytes) });
/** From which place on an epoch of the vault counts (VA24). */
export const vaultBegin = struct({ epoch: uint(), at: uint() });

export const vaultFormersMax = 512;
/** A device that counted under an epoch, by entries that the root's word went around (VA29). */
export const vaultFormer = struct({ epoch: uint(), key: fixed(idBytes.publicKey) });
export type VaultFormer = Infer<typeof vaultFormer>;

export const vaultItems = {
  vault: struct({ isOn: bool, stampMs: uint() }),
  vaultKeys: struct(
    { keys: list(vaultKey, vaultKeysMax), begins: list(vaultBegin, vaultKeysMax) },
    { formers: list(vaultFormer, vaultFormersMax) },
  ),
};
