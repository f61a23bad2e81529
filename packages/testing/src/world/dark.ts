/** A connection of somebody who keeps to no rules but those of the wire: it posts whatever it is given. */
import { type Address, type Bytes, encodeCall, encodePost, type PostHeader } from "@yanshu/wire";
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
