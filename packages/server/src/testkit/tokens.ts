/** Upload tokens, drawn by one who is signed in, for anybody to show. */
import { type Bytes, blindToken, finishTokens, type UploadToken } from "@yanshu/wire";
import type { Client } from "./client.ts";

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));

/** @param caller a connection on which nobody signed in. */
export async function drawTokens(caller: Client, by: Client, count: number): Promise<UploadToken[]> {
  const { epoch, publicKey } = await caller.call("blobTerms", {});
  const blinded = Array.from({ length: count }, () => blindToken(random));
  const answer = await by.call("blobTokens", { epoch, blinded: blinded.map((one) => one.blinded) });
  const outputs = finishTokens(publicKey, blinded, answer) ?? [];
  return blinded.map(({ input }, place) => ({ epoch, input, output: outputs[place] as Bytes }));
}
