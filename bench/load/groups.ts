/**
 * Groups: what a client sets up before it posts: a list, a gate by a signed creating post, and the epoch's token.
 */
import {
  encodeParts,
  encodePost,
  gateBytes,
  gateIdOf,
  idBytes,
  type ListHash,
  type PostHeader,
  postHashOf,
  tokenHashOf,
} from "@yanshu/wire";
import type { Peer } from "./peer.ts";
import { derive, keyPair, type Person, sha256, signed } from "./people.ts";
import type { Group } from "./sender.ts";

/** The list, and the gate at epoch 1. The creating post's envelope goes to an address that nobody has. */
export async function createGroup(index: number, members: readonly Person[], peer: Peer): Promise<Group> {
  const { hash } = await peer.call("uploadList", { addresses: members.map(({ address }) => address) });
  return createGate(index, hash, members.length, peer);
}

/** The gate at epoch 1 for a list that is there. */
export async function createGate(index: number, list: ListHash, members: number, peer: Peer): Promise<Group> {
  const founding = keyPair(derive("bench gate", index));
  const token = derive("bench token", index).slice(0, idBytes.token);
  const nowhere = derive("bench nowhere", index).slice(0, idBytes.address);
  const parts = encodeParts([{ target: { kind: "address", address: nowhere }, envelope: new Uint8Array(64) }]);
  const gate = gateIdOf(sha256, founding.publicKey);
  const unsigned: Extract<PostHeader, { mode: "create" }> = {
    mode: "create",
    gate,
    foundingKey: founding.publicKey,
    nextPostKey: keyPair(derive("bench post key", index)).publicKey,
    nextTokenHash: tokenHashOf(sha256, token),
    signature: new Uint8Array(idBytes.signature),
  };
  const signature = signed(founding, gateBytes(unsigned, postHashOf(sha256, parts)));
  const request = peer.nextRequest();
  await peer.post(request, encodePost(request, { ...unsigned, signature }, parts));
  return { gate, token, list, members };
}
