/** Ids that screens give, checked. */
import { fromHex, idBytes } from "@yanshu/wire";
import { ClientError, type Hex } from "../api.ts";

/** @throws ClientError `unknown-conversation` */
export function idOf(hex: Hex): Uint8Array {
  if (!new RegExp(`^[0-9a-f]{${2 * idBytes.conversation}}$`).test(hex)) throw new ClientError("unknown-conversation");
  return fromHex(hex);
}
