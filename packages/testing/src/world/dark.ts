/** A connection of somebody who keeps to no rules but those of the wire: it posts whatever it is given. */
import type { Crypto, Group } from "@yanshu/mls";
import {
  type Address,
  type Bytes,
  blindToken,
  decodeServerFrame,
  encodeCall,
  encodePost,
  evaluateTokens,
  finishTokens,
  gateBytes,
  limits,
  messagesOf,
  type PostHeader,
  postHashOf,
  tokenHashOf,
  type UploadToken,
  uploadTokenKey,
} from "@yanshu/wire";
import type { World } from "./world.ts";

/** Large posts (docs/spec/wire.md WI23) are paid for with a token that somebody drew. */
export function postInTheDark(
  world: World,
  name: string,
  addresses: readonly Address[],
  posts: readonly { readonly header: PostHeader; readonly parts: Bytes }[],
): void {
  const frames = posts.map(({ header, parts }, i) => encodePost(3 + i, header, parts));
  const seed = frames.some(({ length }) => length > limits.messageBytesMax) ? world.blobs?.index.seed : undefined;
  const send = (frame: Bytes) => {
    for (const message of messagesOf(frame)) socket.send(message);
  };
  const post = () => {
    for (const frame of frames) send(frame);
  };
  const socket = world.network.connect(name, {
    open: () => {
      send(encodeCall(1, "hello", { versions: [1] }));
      send(encodeCall(2, "uploadList", { addresses: [...addresses] }));
      if (seed === undefined) post();
      else send(encodeCall(payRequest, "pay", { token: tokenBy(seed, world.clock.nowMs(), world) }));
    },
    message: (bytes) => {
      const frame = decodeServerFrame(bytes);
      if (frame.type === "result" && frame.request === payRequest) post();
    },
    closed: () => undefined,
  });
}

const payRequest = 0xffff_0000;
const epochMs = 7 * 86_400_000;

/** As home would have signed it for some member. */
function tokenBy(seed: Bytes, nowMs: number, { chance }: World): UploadToken {
  const epoch = Math.floor(nowMs / epochMs);
  const random = (length: number) => chance.bytes(length);
  const key = uploadTokenKey(seed, epoch);
  const blinded = blindToken(random);
  const answer = evaluateTokens(key, [blinded.blinded], random);
  const [output] = finishTokens(key.publicKey, [blinded], answer) ?? [];
  return { epoch, input: blinded.input, output: output as Bytes };
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
