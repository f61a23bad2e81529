/**
 * @yanshu/store: the device's SQLite. The port, its contract and its migrations; the adapters are
 * the subpaths `bun` and `browser`, for composition roots alone (docs/spec/store.md).
 */
export { type DatabaseContractCase, type DatabaseStorage, databaseContract } from "./contract.ts";
export type { Database, SqlRow, SqlValue } from "./database.ts";
export * from "./features/index.ts";
export { databaseVersion, type Migration, migrate, NewerDatabaseError } from "./migrate.ts";
export * from "./queries/index.ts";
export { migrations } from "./schema.ts";
export { emptyLog, withShortLog } from "./short-log.ts";
export { StorageError } from "./storage-error.ts";
