/**
 * @yanshu/store/browser: SQLite in a browser (sqlite-wasm over OPFS), and the lock by which one tab leads and holds the
 * database. Only for composition roots in a dedicated worker, because OPFS is synchronous only there.
 */

export { isBroken, type LastingOptions, openLastingDatabase } from "./lasting.ts";
export { type Emit, holdLeadership, LeaderLostError, LeaderSilentError, type Leadership, type Tabs } from "./leader.ts";
export { copyBrowserDatabase, destroyBrowserDatabase, hasBrowserDatabase } from "./move.ts";
export { type BrowserDatabase, DatabaseBusyError, openBrowserDatabase } from "./open.ts";
export {
  makeStoreKey,
  unwrapStoreKey,
  unwrapStoreKeyByPasskey,
  type WrappedKey,
  wrapStoreKey,
  wrapStoreKeyByPasskey,
} from "./store-key.ts";
