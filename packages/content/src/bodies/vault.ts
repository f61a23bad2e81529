/** What own devices tell each other of their vault: its keys, and whether there shall be one (docs/spec/vault.md VA6, VA12). */
import { bool, fixed, list, struct, uint } from "@yanshu/wire";

export const vaultKeyBytes = 32;
const keysMax = 128;

export const vaultItems = {
  vault: struct({ isOn: bool, stampMs: uint() }),
  vaultKeys: struct({ keys: list(struct({ epoch: uint(), key: fixed(vaultKeyBytes) }), keysMax) }),
};
