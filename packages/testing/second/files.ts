/** Files at home (docs/spec/media.md ME1–ME5, WI48): requests without an account, paid for by a token drawn blinded. */
import { gcm } from "@noble/ciphers/aes.js";
import { ristretto255_oprf } from "@noble/curves/ed25519.js";
import { type Bytes, concat, Fields, hex, paddedLength, randomBytes, toCbor, u8, u32 } from "./bytes.ts";
import type { Connection } from "./connection.ts";
import type { Home } from "./identity.ts";
import { sha256 } from "./signing.ts";

/** What a message says of a file (WI37). */
export type Blob = {
  readonly server: string;
  readonly id: Bytes;
  readonly key: Bytes;
  readonly bytes: number;
  readonly expiresDay: number;
};

const chunkBytes = 1 << 20;
const tagBytes = 16;
/** The smallest size to which a file is padded (ME5). */
const leastBytes = 4_096;

function sealedChunks(length: number): number {
  return Math.ceil(length / chunkBytes);
}

function nonceOf(chunk: number, count: number): Bytes {
  return concat(new Uint8Array(7), u32(chunk), u8(chunk === count - 1 ? 1 : 0));
}

function seal(key: Bytes, bytes: Bytes): Bytes {
  const padded = new Uint8Array(paddedLength(Math.max(bytes.length, leastBytes)));
  padded.set(bytes);
  const count = sealedChunks(padded.length);
  const chunks = Array.from({ length: count }, (_, chunk) =>
    gcm(key, nonceOf(chunk, count)).encrypt(padded.slice(chunk * chunkBytes, (chunk + 1) * chunkBytes)),
  );
  return concat(...chunks);
}

/** @throws when it was changed, cut or put in another order. */
function openFile(key: Bytes, sealed: Bytes): Bytes {
  const size = chunkBytes + tagBytes;
  const count = Math.ceil(sealed.length / size);
  const chunks = Array.from({ length: count }, (_, chunk) =>
    gcm(key, nonceOf(chunk, count)).decrypt(sealed.slice(chunk * size, (chunk + 1) * size)),
  );
  return concat(...chunks);
}

type Token = { readonly epoch: number; readonly input: Bytes; readonly output: Bytes };

/**
 * @param sender a connection on which nobody is signed in: there the key is asked for, so that no account has one of
 * its own.
 */
async function drawToken(home: Connection, sender: Connection): Promise<Token> {
  const terms = await sender.call("blobTerms", {});
  const [epoch, input] = [terms.number("epoch"), randomBytes(32)];
  const { blind, blinded } = ristretto255_oprf.voprf.blind(input);
  const drawn = await home.call("blobTokens", { epoch, blinded: [blinded] });
  const [evaluated] = drawn.list("evaluated") as readonly Bytes[];
  if (evaluated === undefined) throw new Error("nothing was drawn");
  const key = terms.bytes("publicKey", 32);
  const output = ristretto255_oprf.voprf.finalize(input, blind, evaluated, blinded, key, drawn.bytes("proof", 64));
  return { epoch, input, output: new Uint8Array(output) };
}

/** Stores a file of one part. @throws when home refuses it. */
export async function storeFile(at: Home, home: Connection, sender: Connection, bytes: Bytes): Promise<Blob> {
  const [id, key, owner] = [randomBytes(16), randomBytes(32), randomBytes(32)];
  const sealed = seal(key, bytes);
  const tokens = [await drawToken(home, sender)];
  const wish = { bytes: sealed.length, ownerHash: sha256(owner), days: 30, tokens };
  await ask(at, id, { method: "POST", body: toCbor(wish) });
  const headers = { "upload-offset": "0", "blob-owner": hex(owner) };
  const state = Fields.of(await ask(at, id, { method: "PUT", headers, body: sealed }));
  if (state.number("written") !== sealed.length) throw new Error("not whole");
  return { server: at.server, id, key, bytes: bytes.length, expiresDay: state.number("expiresDay") };
}

/** Reads a file of one part. */
export async function readFile(at: Home, { id, key, bytes }: Pick<Blob, "id" | "key" | "bytes">): Promise<Bytes> {
  const state = Fields.of(await ask(at, id, { method: "GET" }, "/state"));
  const range = `bytes=0-${state.number("bytes") - 1}`;
  return openFile(key, await ask(at, id, { method: "GET", headers: { range } })).slice(0, bytes);
}

async function ask({ origin }: Home, id: Bytes, request: RequestInit, action = ""): Promise<Bytes> {
  const answer = await fetch(`${origin}/blobs/${hex(id)}${action}`, request);
  const body = new Uint8Array(await answer.arrayBuffer());
  if (!answer.ok) throw new Error(`refused: ${answer.status} ${new TextDecoder().decode(body)}`);
  return body;
}
