/** Tokens: upload tokens as a member draws them (docs/spec/media.md ME3), for whoever shows them. */
import { type Bytes, blindToken, blobLimits, finishTokens, type UploadToken } from "@yanshu/wire";
import type { Peer } from "./peer.ts";
import { greet } from "./people.ts";

/** @param member is signed in at `url` */
export async function drawTokens(member: Peer, url: string, count: number): Promise<readonly UploadToken[]> {
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  const { peer } = await greet(url);
  const { epoch, publicKey } = await peer.call("blobTerms", {});
  peer.close();
  const tokens: UploadToken[] = [];
  while (tokens.length < count) {
    const blinded = Array.from({ length: Math.min(blobLimits.tokensPerCallMax, count - tokens.length) }, () =>
      blindToken(random),
    );
    const answer = await member.call("blobTokens", { epoch, blinded: blinded.map((one) => one.blinded) });
    const outputs = finishTokens(publicKey, blinded, answer);
    if (outputs === undefined) throw new Error("the server's proof of its tokens does not hold");
    tokens.push(...blinded.map(({ input }, at) => ({ epoch, input, output: outputs[at] as Bytes })));
  }
  return tokens;
}
