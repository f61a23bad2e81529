/**
 * Sign-in (ID13): the server's nonce, signed by the device, with the pair (current, next). The pair
 * is stored before it is shown and repeated until it was answered, so a lost answer costs nothing
 * and a copy of this device that signs in shows.
 */
import { deleteMeta, readMeta, writeMeta } from "@yanshu/store";
import { type CallArgs, type CallName, type CallResult, idBytes, signInBytes } from "@yanshu/wire";
import type { Engine } from "../core/engine.ts";
import type { Answer, Hello } from "../core/link.ts";

type Call = <N extends CallName>(name: N, args: CallArgs<N>) => Promise<Answer<CallResult<N>>>;

export async function signIn(engine: Engine, hello: Hello, call: Call): Promise<CallResult<"signIn"> | undefined> {
  const { own, db, ports } = engine;
  if (own === undefined) return undefined;
  const { current, next } = pairOf(engine);
  const { account, device } = own;
  const signed = signInBytes({
    domain: hello.domain,
    incarnation: hello.incarnation,
    nonce: hello.nonce,
    account,
    device,
    current,
    next,
  });
  const signature = await ports.crypto.sign(own.deviceKey.privateKey, signed);
  const answer = await call("signIn", { account, device, current, next, signature });
  if (answer.kind === "ok") {
    db.transaction(() => {
      writeMeta(db, "pair-current", next);
      deleteMeta(db, "pair-next");
      writeMeta(db, "incarnation", hello.incarnation);
    });
    return answer.value;
  }
  const refused =
    answer.kind === "error" && ["unknown-device", "unknown-account", "pair-mismatch"].includes(answer.code);
  if (refused && engine.phase === "ready") {
    engine.phase = "signed-out";
    engine.changed("status");
  }
  return undefined;
}

function pairOf({ db, ports }: Engine) {
  const current = readMeta(db, "pair-current") ?? new Uint8Array(idBytes.pairValue);
  const held = readMeta(db, "pair-next");
  const next = held ?? ports.crypto.random(idBytes.pairValue);
  if (held === undefined) db.transaction(() => writeMeta(db, "pair-next", next));
  return { current, next };
}
