/** Lists with addresses at several servers (docs/spec/peers.md PE30). */
import { type Address, type CallArgs, type CallResult, concat, farListHashOf, listHashOf } from "@yanshu/wire";
import { accept, type Outcome, refuse } from "../../core/outcome.ts";
import type { SyncPrimitives } from "../../core/ports.ts";
import type { Far, FarPart } from "../../feature.ts";
import type { Peers } from "./peers.ts";

/** Of one list, this one among them. */
const serversMax = 32;

export function uploadFarList(
  {
    name,
    primitives: { sha256 },
    far,
    all,
  }: {
    readonly name: string;
    readonly primitives: Pick<SyncPrimitives, "sha256">;
    readonly far: Pick<Far, "upload">;
    readonly all: Pick<Peers, "isReachable">;
  },
  entries: CallArgs<"uploadFarList">["entries"],
): Outcome<CallResult<"uploadFarList">> {
  // @checks PE30
  if (entries.length === 0) return refuse("malformed");
  const parts = new Map<string, Address[]>();
  for (const { server, address } of entries) {
    const there = parts.get(server);
    if (there === undefined) parts.set(server, [address]);
    else there.push(address);
  }
  // @checks PE30
  if (parts.size > serversMax) return refuse("too-large");
  const here = parts.get(name) ?? [];
  parts.delete(name);
  const refused = [...parts.keys()].filter((server) => !all.isReachable(server));
  const elsewhere = Array.from(
    parts,
    ([server, addresses]): FarPart => ({
      server,
      list: listHashOf(sha256, addresses),
      addresses: concat(...addresses),
    }),
  ).filter(({ server }) => !refused.includes(server));
  const hash = farListHashOf(sha256, entries);
  far.upload(hash, here, elsewhere);
  return accept({ hash, refused });
}
