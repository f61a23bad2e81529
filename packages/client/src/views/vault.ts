/** View `vault`: whether history is stored at home, how much, and how much of it this device has yet to read. */
import { countUnread, countUnvaulted } from "@yanshu/store";
import type { VaultView } from "../api/vault.ts";
import { readVault } from "../values/vault-state.ts";
import type { ViewContext } from "./context.ts";

export function readVaultView({ database }: ViewContext): VaultView {
  const { isOn, isFull, home, wholeMs } = readVault(database);
  const of = home === undefined ? 0 : home.next - home.start;
  return {
    isOn,
    isFull: isOn && isFull,
    done: Math.max(0, of - countUnread(database)),
    of,
    waiting: isOn ? countUnvaulted(database) : 0,
    ...(wholeMs === undefined ? {} : { wholeMs }),
    ...(home === undefined ? {} : { bytes: home.bytes, bytesMax: home.bytesMax }),
  };
}
