/**
 * What the cryptography of Moments alone takes here: what no other build of the app works less than, in the same
 * browser (docs/spec/moments.md MO4, MO6; docs/spec/media.md ME3).
 */
import {
  cellKinds,
  headSecret,
  headsFrom,
  hintOf,
  holeName,
  noWord,
  postPayload,
  sealCell,
  sealHeader,
  sealWord,
  wayTo,
  wordSecret,
  wordToSign,
} from "@yanshu/client/moments";
import { createBrowserCrypto } from "@yanshu/mls/browser";
import { type AccountId, blindToken, evaluateTokens, finishTokens, uploadTokenKey } from "@yanshu/wire";

/** Rounds, of which the middle one counts: the first ones are read by an interpreter. */
const rounds = 9;
/** As many as home is asked for at once after a post. */
const tokensAtOnce = 8;

/** In ms, the middle of some rounds. */
export type MomentsFloor = { readonly cells: number; readonly word: number; readonly token: number };

export async function momentsFloor(friends: number): Promise<MomentsFloor> {
  const crypto = createBrowserCrypto();
  const { random } = crypto;
  const [root, log] = [random(32), random(32)];
  const post = { author: random(32) as AccountId, secret: random(32) };
  const { privateKey } = await crypto.signatureKeyPair(random(32));
  const tokenKey = uploadTokenKey(random(32), 1);
  const ways = Array.from({ length: friends + 1 }, () => wayTo(crypto, root, 1, random(32) as AccountId));
  const payload = postPayload(post.secret, random(16));
  const took = { cells: [] as number[], word: [] as number[], token: [] as number[] };
  for (let place = 0; place < rounds; place++) {
    const timed = async (which: keyof typeof took, work: () => Promise<unknown>) => {
      const startMs = performance.now();
      await work();
      took[which].push(performance.now() - startMs);
    };
    await timed("cells", async () => {
      for (const way of ways) await sealCell(crypto, way, place, { kind: cellKinds.post, flags: 0, day: 1, payload });
    });
    await timed("word", async () => {
      const [head, word] = [headSecret, wordSecret].map((of) => holeName(crypto, of(crypto, root, log, place)));
      const said = { kind: "like", id: random(16), about: noWord, reply: random(16), atMs: 1, text: "" } as const;
      const signature = await crypto.sign(privateKey, wordToSign(crypto, post.author, post, word as Uint8Array, said));
      await sealWord(crypto, log, word as Uint8Array, post.secret, undefined, { ...said, signature });
      const next = headsFrom(crypto, root, log, place + 1);
      const header = { day: 1, hint: hintOf(crypto, log, post), next, word: word as Uint8Array };
      await sealHeader(crypto, log, head as Uint8Array, header);
    });
    // Home's part is no work of a device.
    const drawn = Array.from({ length: tokensAtOnce }, () => blindToken(random));
    const answer = evaluateTokens(
      tokenKey,
      drawn.map(({ blinded }) => blinded),
      random,
    );
    await timed("token", async () => {
      const blinded = drawn.map(() => blindToken(random));
      if (finishTokens(tokenKey.publicKey, drawn, answer) === undefined) throw new Error("home proves nothing");
      if (blinded.length !== drawn.length) throw new Error("too few");
    });
  }
  const middle = (all: readonly number[]) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] as number;
  return { cells: middle(took.cells), word: middle(took.word), token: middle(took.token) / tokensAtOnce };
}
