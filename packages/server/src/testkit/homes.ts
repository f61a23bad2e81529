/** A person who comes to another home, and what their devices say of where they are. */
import {
  arriveProofBytes,
  encodeHomeRecord,
  type HomeRecord,
  homeRecordBytes,
  nextHomeBody,
  openHomeRecord,
  zeroHash,
} from "@yanshu/wire";
import { nodePrimitives } from "../core/node-crypto.ts";
import type { Client } from "./client.ts";
import type { Signer } from "./keys.ts";
import type { Person } from "./person.ts";
import { token as standing } from "./test-server.ts";

/** The record that follows `held`, on the list as the person holds it. */
export async function homeRecord(
  person: Person,
  homes: readonly string[],
  {
    by = person.phone.keys,
    held,
    reserve,
  }: { readonly by?: Signer; readonly held?: Uint8Array; readonly reserve?: string } = {},
): Promise<Uint8Array> {
  if (person.list.entries.length === 0) await person.adopt(person.entries[0] as Uint8Array);
  const before: HomeRecord | undefined = held && openHomeRecord(held);
  const body = nextHomeBody(
    person.list,
    before,
    { homes, ...(reserve === undefined ? {} : { reserve }) },
    by.publicKey,
  );
  return encodeHomeRecord(body, by.sign(homeRecordBytes(body)));
}

export function arrive(
  person: Person,
  caller: Client,
  record: Uint8Array | undefined,
  {
    by = person.phone.keys,
    token = standing,
    domain = caller.domain,
    signed = record ?? new Uint8Array(),
    entries = person.entries,
  }: {
    readonly by?: Signer;
    readonly token?: Uint8Array;
    readonly domain?: string;
    readonly signed?: Uint8Array;
    readonly entries?: readonly Uint8Array[];
  } = {},
) {
  const { incarnation, nonce } = caller;
  const homeHash = signed.length === 0 ? zeroHash : nodePrimitives.sha256(signed);
  const proof = arriveProofBytes({ domain, incarnation, nonce, account: person.account, homeHash });
  return caller.call("arrive", {
    token,
    history: { inception: person.inception, entries },
    key: by.publicKey,
    signature: by.sign(proof),
    ...(record === undefined ? {} : { record }),
  });
}
