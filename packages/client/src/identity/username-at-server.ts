/**
 * Handle at home (docs/spec/identity.md ID28): the name never leaves the device. Home gets a tag that scrypt made of it,
 * and a record that opens with the other half of what scrypt made.
 */
import { type Bytes, concat, type ErrorCode, encodeHandleRecord, handleParts, handleSalt, utf8 } from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";
import { markHandle, noteHandle, readHandleOf, type StoredHandle } from "../values/usernames.ts";
import { contactSecret } from "./contact-link.ts";
import { foundBy, ownProfile } from "./profile-bodies.ts";

export const handleNonceBytes = 12;

/** What scrypt makes of a name at this home. */
export async function partsOf({ ports }: Engine, handle: string, server: string) {
  return handleParts(await ports.crypto.stretch(utf8(handle), handleSalt(server)));
}

/** Answers why home did not take it. */
export async function tellHandle(
  engine: Engine,
  { handle, isFound }: Pick<StoredHandle, "handle" | "isFound">,
): Promise<ErrorCode | "unknown" | "lost" | undefined> {
  const secret = await contactSecret(engine);
  if (secret === undefined) return "lost";
  const args = handle === "" ? {} : { handle: await sealed(engine, handle, isFound ? secret : undefined) };
  const answer = await engine.link.call("signed", "setHandle", args);
  return answer.kind === "ok" ? undefined : answer.kind === "lost" ? "lost" : answer.code;
}

async function sealed(engine: Engine, handle: string, secret: Bytes | undefined) {
  const { crypto } = engine.ports;
  const { account, server } = ownOf(engine);
  const { tag, key } = await partsOf(engine, handle, server);
  if (secret === undefined) return { tag };
  const body = encodeHandleRecord({ account, capability: foundBy(engine, secret), name: ownProfile(engine).name });
  const nonce = crypto.random(handleNonceBytes);
  return { tag, record: concat(nonce, await crypto.seal(key, nonce, tag, body)) };
}

/** Where home has not heard of it from this device, or holds an older record. And at each sign-in, should it not be reached now. */
export async function keepHandle(engine: Engine): Promise<void> {
  const { db } = engine;
  const held = readHandleOf(db);
  if (held.isTold) return;
  const why = await tellHandle(engine, held);
  if (readHandleOf(db).stampMs !== held.stampMs) return keepHandle(engine); // Another was chosen meanwhile.
  if (why === undefined) db.transaction(() => markHandle(db, true));
  // A home that was put back to an older state gave it to somebody else since.
  if (why === "handle-taken")
    db.transaction(() => noteHandle(db, { handle: "", isFound: false, stampMs: held.stampMs + 1, isTold: true }));
  engine.changed("status");
}

/** Home holds a record of what is no longer so. */
export function renewHandle(engine: Engine): Promise<void> {
  engine.db.transaction(() => markHandle(engine.db, false));
  return keepHandle(engine);
}
