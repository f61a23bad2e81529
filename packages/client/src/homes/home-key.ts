/**
 * The key of home (docs/spec/homes.md HM74): the one that it showed first at this name is its key. A server that
 * answers there with another one is told nothing, until home is back or the person goes elsewhere.
 */
import { countDiagnostic, deleteMeta, readMeta, writeMeta } from "@yanshu/store";
import { type Bytes, equalBytes, homeKeyBytes, serverKeyBytes } from "@yanshu/wire";
import { pack, unpack } from "../cbor.ts";
import type { Hello } from "../connection/link.ts";
import type { Engine } from "../core/engine.ts";

type Pinned = { readonly server: string; readonly key: Bytes };

/** Of home and of homes of before. */
const pinnedMax = 8;

/**
 * Whether the server that said `hello` at the name of home, or of the previous home, is that one. Keeps its key, and
 * that another one answers.
 */
export async function isHome(engine: Engine, server: string, hello: Hello, asked: Bytes): Promise<boolean> {
  const { db } = engine;
  const stored = readMeta(db, "home-key");
  const pinned = stored === undefined ? [] : unpack<readonly Pinned[]>(stored);
  const known = pinned.find((one) => one.server === server)?.key;
  const isTrusted = await isShown(engine, server, hello, asked, known);
  if (!isTrusted && hello.domain !== server) db.transaction(() => countDiagnostic(db, "wrong-domain"));
  const { home } = hello;
  const key = isTrusted && hello.domain === server && engine.own !== undefined ? home?.key : undefined;
  const isNews = key !== undefined && (known === undefined || !equalBytes(known, key));
  const isOwn = engine.own?.server === server;
  const isStrange = readMeta(db, "home-strange") !== undefined;
  const hasChanged = isOwn && isTrusted === isStrange;
  if (!isNews && !hasChanged) return isTrusted;
  db.transaction(() => {
    if (hasChanged && isTrusted) deleteMeta(db, "home-strange");
    if (hasChanged && !isTrusted) writeMeta(db, "home-strange", pack(server));
    if (!isNews) return;
    const others = pinned.filter((one) => one.server !== server);
    writeMeta(db, "home-key", pack([...others, { server, key }].slice(-pinnedMax)));
  });
  engine.changed("status", "homes");
  return isTrusted;
}

async function isShown(
  { ports: { crypto } }: Engine,
  server: string,
  { domain, incarnation, nonce, home }: Hello,
  asked: Bytes,
  known: Bytes | undefined,
): Promise<boolean> {
  // A server without a key, as it was before there were any; or one by another name, which signs nobody in (ID45).
  // @checks HM74
  if (home === undefined || domain !== server) return known === undefined;
  // @checks HM74
  if (!(await crypto.verify(home.key, homeKeyBytes({ domain, incarnation, nonce, asked }), home.proof))) return false;
  if (known === undefined || equalBytes(known, home.key)) return true;
  const { before } = home;
  // @checks HM74
  if (before === undefined || !equalBytes(known, before.key)) return false;
  return crypto.verify(before.key, serverKeyBytes(domain, home.key), before.signature);
}
