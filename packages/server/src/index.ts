/**
 * @yanshu/server: the home server. It delivers what it cannot read; it may import nothing but the
 * wire contract.
 */
export { openBlobStore } from "./blobs/bun.ts";
export { MemoryFilms, memoryBlobStore } from "./blobs/memory.ts";
export type { BlobStore } from "./blobs/store.ts";
export { defaultConfig, type ServerConfig } from "./core/config.ts";
export { nodePrimitives } from "./core/node-crypto.ts";
export {
  type Cancel,
  type Clock,
  closeCodes,
  type Fanout,
  type PushPort,
  type Random,
  type Sink,
  type SyncPrimitives,
} from "./core/ports.ts";
export { isPublicAddress } from "./core/public-address.ts";
export { createServer, type Server, type ServerConnection, type ServerPorts } from "./core/server.ts";
export { type HttpAnswer, type HttpRequest, type Provided, provide, services } from "./feature.ts";
export { callsPort } from "./features/calls/port.ts";
export { publicReader, type ReadPublic } from "./features/channels/mirror-port.ts";
export { Blobs } from "./features/files/blobs.ts";
export { meetingPort } from "./features/meeting/port.ts";
export { peersBy } from "./features/peers/bun-dial.ts";
export { keysFrom, serverKeys } from "./features/peers/keys.ts";
export { type PeersPort, peersPort, type Wire, type WireEvents } from "./features/peers/port.ts";
export { type BunPushOptions, createBunPush } from "./features/push/bun.ts";
export { sealWakeup } from "./features/push/encrypt.ts";
export { endpointOf } from "./features/push/endpoint.ts";
export { keysOf, vapidKeys } from "./features/push/vapid.ts";
export { type ServeOptions, type Serving, serve } from "./gateway/bun.ts";
export type { Log } from "./log/feature-tables.ts";
export { LogAwayError, LogConflictError, LogFullError, LogOpenError } from "./log/log.ts";
export { openPostgresLog, type PostgresLogOptions } from "./log/postgres/bun.ts";
export { ofNobody, ofOne } from "./log/sql/account-export.ts";
export { openSqliteLog, type SqliteLogOptions } from "./log/sqlite/bun.ts";
export type { Counts } from "./operator/counts.ts";
export { natsWake, subjectsOf } from "./wake/nats.ts";
