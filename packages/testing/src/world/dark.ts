/** A connection of somebody who keeps to no rules but those of the wire: it posts whatever it is given. */
import type { Crypto, Group } from "@yanshu/mls";
import {
  type Address,
  type Bytes,
  encodeCall,
  encodePost,
  gateBytes,
  type PostHeader,
  postHashOf,
  tokenHashOf,
} from "@yanshu/wire";
import type { World } from "./world.ts";

export function postInTheDark(
  world: World,
  name: string,
  addresses: readonly Address[],
  posts: readonly { readonly header: PostHeader; readonly parts: Bytes }[],
): void {
  const socket = world.network.connect(name, {
    open: () => {
      socket.send(encodeCall(1, "hello", { versions: [1] }));
      socket.send(encodeCall(2, "uploadList", { addresses: [...addresses] }));
      for (const [i, { header, parts }] of posts.entries()) socket.send(encodePost(3 + i, header, parts));
    },
    message: () => undefined,
    closed: () => undefined,
  });
}

/**
 * The header of a post that the gate takes for the commit of this epoch, signed with the epoch's key.
 *
 * @param next the state that it leads to; where nobody can go along, nobody has the keys that it names.
 */
export async function commitHeader(crypto: Crypto, group: Group, parts: Bytes, next?: Group): Promise<PostHeader> {
  const unsigned = {
    mode: "commit" as const,
    gate: group.state.gate,
    epoch: group.epoch,
    nextPostKey: next?.keys.postKey.publicKey ?? crypto.random(32),
    nextTokenHash: next === undefined ? crypto.random(32) : tokenHashOf(crypto.sha256, next.keys.postToken),
    signature: new Uint8Array(64),
  };
  const bytes = gateBytes(unsigned, postHashOf(crypto.sha256, parts));
  return { ...unsigned, signature: await crypto.sign(group.keys.postKey.privateKey, bytes) };
}
