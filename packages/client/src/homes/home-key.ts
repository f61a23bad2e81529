/**
 * The keys of home and of other homes (docs/spec/homes.md HM74, HM116): the one that a server showed first at its name
 * is its key. A server that answers there with another one is told nothing, until the known one is back or the person
 * decides otherwise.
 */
import { countDiagnostic, type Database, deleteMeta, readMeta, writeMeta } from "@yanshu/store";
import { type Bytes, equalBytes, homeKeyBytes, serverKeyBytes } from "@yanshu/wire";
import { pack, unpack } from "../cbor.ts";
import type { Hello } from "../connection/link.ts";
import type { Engine } from "../core/engine.ts";
import { readBefore, readReserve } from "../identity/other-home.ts";

type Pinned = { readonly server: string; readonly key: Bytes };

/** Of homes that are neither home, nor the reserve, nor the previous home: of those all are kept. */
const othersMax = 8;

function readPinned(db: Database): readonly Pinned[] {
  const stored = readMeta(db, "home-key");
  return stored === undefined ? [] : unpack<readonly Pinned[]>(stored);
}

/** The key of that server is learnt anew: its person dropped it. Inside a transaction. */
export function forgetKey(db: Database, server: string): void {
  const pinned = readPinned(db);
  const others = pinned.filter((one) => one.server !== server);
  if (others.length < pinned.length) writeMeta(db, "home-key", pack(others));
}

/** Who has the device visit many names does not make it forget the key of a home that it needs. */
function pin(engine: Engine, now: Pinned): void {
  const { db } = engine;
  const needed = new Set([engine.own?.server, readReserve(db)?.server, readBefore(db).server]);
  const before = readPinned(db).filter(({ server }) => server !== now.server);
  const others = before.filter(({ server }) => !needed.has(server)).slice(1 - othersMax);
  // @checks HM116
  const kept = before.filter((one) => needed.has(one.server) || others.includes(one));
  writeMeta(db, "home-key", pack([...kept, now]));
}

/**
 * Whether the server that said `hello` at the name of home, or of another home, is that one. Keeps its key, and that
 * another one answers at home's name.
 */
export async function isHome(engine: Engine, server: string, hello: Hello, asked: Bytes): Promise<boolean> {
  const { db } = engine;
  const known = readPinned(db).find((one) => one.server === server)?.key;
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
    if (isNews) pin(engine, { server, key });
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
