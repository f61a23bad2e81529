/**
 * @yanshu/store/browser: the database of a browser, and which of its tabs holds it. For composition
 * roots in a dedicated worker alone.
 */

export { isBroken, type LastingOptions, openLastingDatabase } from "./lasting.ts";
export { holdLeadership, LeaderLostError, LeaderSilentError, type Leadership, type Tabs } from "./leader.ts";
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
