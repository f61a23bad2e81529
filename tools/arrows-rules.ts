/**
 * Rules of the rooms, as data: who may import whom, and what a room may touch
 * (docs/ARCHITECTURE.md). `arrows.ts` enforces them.
 */
export type Room =
  | "wire"
  | "content"
  | "mls"
  | "store"
  | "client"
  | "release"
  | "mini"
  | "server"
  | "web"
  | "cli"
  | "testing";

const everyRoom: readonly Room[] = [
  "wire",
  "content",
  "mls",
  "store",
  "client",
  "release",
  "mini",
  "server",
  "web",
  "cli",
  "testing",
];

/** A → B: A may import B's index, and nothing else may. */
export const arrows: Readonly<Record<Room, readonly Room[]>> = {
  wire: [],
  content: ["wire"],
  mls: ["wire"],
  store: ["wire"],
  client: ["mls", "store", "content", "wire"],
  release: [],
  // What runs strangers' code cannot import what holds keys (docs/spec/rooms.md RO23).
  mini: [],
  server: ["release", "wire"],
  web: ["client", "content", "mini", "release"],
  cli: ["client", "content", "mini", "release"],
  testing: everyRoom.filter((room) => room !== "testing"),
};

export function isRoom(name: string): name is Room {
  return (everyRoom as readonly string[]).includes(name);
}

/**
 * What one package holds its features to (docs/spec/rooms.md RO13). Paths are below the package's `src/`; a folder ends
 * in `/`.
 */
export type FeatureRule = {
  /** What a feature may import besides its own files: the contract of the core. */
  readonly contract: readonly string[];
  /** By what the core imports features. */
  readonly lists: readonly string[];
  /** Features of today that do not keep to the rule yet. The list only becomes shorter. */
  readonly notYet: readonly string[];
};
export type FeatureRules = Readonly<Partial<Record<Room, FeatureRule>>>;

const lists = ["features/index.ts"];

/** The packages whose features keep to the rule. A package that is not named here is not held to it. */
export const featureRules: FeatureRules = {
  wire: {
    contract: ["call.ts", "schema.ts", "ids.ts", "limits.ts", "bytes.ts", "upload-tokens.ts", "server-name.ts"],
    lists: [...lists, "index.ts"],
    notYet: [],
  },
  content: { contract: ["feature.ts", "fields/"], lists, notYet: [] },
  store: {
    contract: ["database.ts", "queries/marks.ts", "queries/messages.ts", "queries/public-log.ts"],
    lists,
    notYet: [],
  },
  client: { contract: ["feature.ts", "values/"], lists, notYet: [] },
  server: {
    contract: [
      "feature.ts",
      "blobs/store.ts",
      "core/core-config.ts",
      "core/fair.ts",
      "core/faults.ts",
      "core/in-one-turn.ts",
      "core/outcome.ts",
      "core/ports.ts",
      "core/public-address.ts",
      "core/rate.ts",
      "core/recent.ts",
      "core/unless-unavailable.ts",
      "gateway/bun-tls.ts",
      "gateway/caller.ts",
      "gateway/connection-limits.ts",
      "gateway/guarded-sink.ts",
      "gateway/peer-table.ts",
      "gateway/prefix.ts",
      "log/log.ts",
      "log/sql/owned.ts",
      "log/sql/prepared.ts",
      "secrets.ts",
    ],
    lists: [...lists, "index.ts", "main.ts"],
    notYet: [],
  },
  cli: {
    contract: [
      "feature.ts",
      "answering.ts",
      "bounded.ts",
      "chat.ts",
      "context.ts",
      "device.ts",
      "fault.ts",
      "file-at.ts",
      "home.ts",
      "line.ts",
      "pick.ts",
      "picture-at.ts",
      "saving.ts",
      "whole-within.ts",
      "words.ts",
    ],
    lists,
    notYet: [],
  },
  testing: {
    contract: [
      "feature.ts",
      "sim/acts/act.ts",
      "sim/break.ts",
      "sim/breaks.ts",
      "sim/ledger.ts",
      "sim/sight.ts",
      "sim/simulation.ts",
      "sim/words.ts",
      "world/",
    ],
    lists,
    notYet: [],
  },
  // `kit/`: what features build screens with; `shared/`: what page and worker both read.
  web: {
    contract: ["feature.ts", "kit/", "shell/", "styles/", "locales/i18n.ts", "shared/"],
    lists,
    notYet: [],
  },
};

/**
 * In which order the rooms of a package stand on one another (docs/spec/rooms.md RO13): a room imports those before it
 * alone.
 */
export type RoomOrder = {
  /** The lowest first. Folders of `src/`, or files of it that are one room together, under a name. */
  readonly rooms: readonly (string | { readonly name: string; readonly files: readonly string[] })[];
  /** Arrows that run back, each with its reason. The list only becomes shorter. */
  readonly back: readonly { readonly from: string; readonly to: string; readonly why: string }[];
};
export type RoomOrders = Readonly<Partial<Record<Room, RoomOrder>>>;

export const roomOrders: RoomOrders = {
  client: {
    rooms: [
      { name: "errors", files: ["errors.ts"] },
      "api",
      "kinds",
      { name: "base", files: ["cbor.ts", "ids.ts", "ports.ts"] },
      "values",
      "connection",
      "device-lists",
      "contract",
      { name: "feature", files: ["feature.ts"] },
      "core",
      "files",
      "identity",
      "group-state",
      "messages",
      "history",
      "backup",
      "groups",
      "recovery",
      "homes",
      "delivery",
      "views",
      "commands",
      "features",
      {
        name: "client",
        files: [
          "api.ts",
          "client.ts",
          "core-rooms.ts",
          "direct-chats.ts",
          "feature-context.ts",
          "files-for-features.ts",
          "index.ts",
          "links-for-features.ts",
          "remote-client.ts",
          "remote-messages.ts",
          "remote-serve.ts",
          "remote-values.ts",
          "server-for-features.ts",
          "work-ahead.ts",
        ],
      },
    ],
    back: [],
  },
};

/**
 * What features of the client are made of, and what they leave alone: keys (docs/spec/rooms.md RO20). They have the
 * whole store at hand, for tables of their own.
 */
export const featureSources: readonly string[] = [
  "packages/client/src/features/**/*.ts",
  "packages/client/src/values/**/*.ts",
  "packages/client/src/contract/**/*.ts",
  "packages/store/src/features/**/*.ts",
];

/** Tables of the store in which keys of groups, addresses, key packages and of the backup stand. */
export const keyTables: readonly string[] = [
  "groups",
  "ratchets",
  "tags",
  "pending_commits",
  "key_packages",
  "addresses",
  "welcome_notes",
  "newer_welcomes",
  "vault_keys",
  "jobs",
  "committed_changes",
];

/** Queries over those tables that return nothing secret. */
export const keylessQueries: readonly { readonly name: string; readonly why: string }[] = [
  { name: "readGateOf", why: "a gate's name, which home knows" },
  { name: "dropWork", why: "deletes what waits in a chat, and reads nothing" },
];

/** Single values of the store that are keys, or that open something. */
export const secretValues: readonly string[] = [
  "device-seed",
  "master-key",
  "pair-current",
  "pair-next",
  "recovery-key",
  "kept-record",
  "removed-record",
  "family-back",
  "other-home",
  "contact-capability",
];

/** Subpaths that are adapters: for composition roots alone. */
export const adapters = [
  "@yanshu/mls/bun",
  "@yanshu/mls/browser",
  "@yanshu/mls/sframe",
  "@yanshu/store/bun",
  "@yanshu/store/browser",
  "@yanshu/store/browser/files",
] as const;

/**
 * Where a program is put together. The server's `main.ts` is one as well, but no adapter is for it:
 * the operator cannot read what the server cannot import.
 */
export function isCompositionRoot(path: string): boolean {
  return (
    path.startsWith("packages/web/src/worker/") ||
    path === "packages/cli/src/bun.ts" ||
    path.startsWith("packages/testing/")
  );
}

/** Rooms whose code runs in a browser's worker, on Bun and in the simulator alike. */
const portableRooms: ReadonlySet<string> = new Set(["wire", "content", "mls", "store", "client", "release"]);

/** Portable code: it reaches time, chance, network, disk and WebCrypto through ports alone. */
export function isPortable(path: string): boolean {
  const [, room, , first] = path.split("/");
  return portableRooms.has(room ?? "") && first !== "bun" && first !== "browser" && !isTest(path);
}

/** Where `Bun.*`, `bun:*` and `bun` may stand. */
export function mayUseBun(path: string): boolean {
  return (
    /^packages\/server\/(?:.*\/)?bun[^/]*(?:\/|$)/.test(path) ||
    /^packages\/(?:mls|store)\/src\/bun\//.test(path) ||
    /^(?:packages\/(?:cli|testing)|tools|bench)\//.test(path)
  );
}

/** Where `node:*` may not stand: portable code, and what runs in a browser. */
export function mayUseNode(path: string): boolean {
  if (isTest(path)) return true;
  return !isPortable(path) && !path.startsWith("packages/web/src/") && !/\/src\/browser\//.test(path);
}

/** Tests, and what only they use: contract suites, and `src/testing/` or `src/testkit/` of a room. */
export function isTest(path: string): boolean {
  return (
    /(?:\.test\.tsx?|-contract\.ts)$/.test(path) || /^packages\/[^/]+\/(?:e2e|src\/(?:testing|testkit))\//.test(path)
  );
}

/**
 * Where the second client of the protocol lives: it shares no code with ours, so that all that it needs stands in the
 * spec.
 */
export const secondClient = "packages/testing/second/";

/** Its tests start the real server, and our own client as its partner. */
export function isFromSpecAlone(path: string): boolean {
  return path.startsWith(secondClient) && !isTest(path);
}

/** A room's own adapters. */
export function isAdapterFile(path: string): boolean {
  return /^packages\/(?:mls|store)\/src\/(?:bun|browser)\//.test(path);
}

/** Settings and plug-ins of build tools, which stand outside `src` because the tool asks for it. */
export function isBuildSetting(path: string): boolean {
  return /^packages\/[^/]+\/(?:[^/]+\.config\.ts$|build\/)/.test(path);
}

/** Clock, chance, timers, network, disk and screen: never in portable code. */
export const forbiddenInPortable: ReadonlySet<string> = new Set([
  "Bun",
  "process",
  "Buffer",
  "globalThis",
  "self",
  "window",
  "document",
  "navigator",
  "location",
  "localStorage",
  "sessionStorage",
  "indexedDB",
  "caches",
  "fetch",
  "WebSocket",
  "XMLHttpRequest",
  "EventSource",
  "BroadcastChannel",
  "MessageChannel",
  "Worker",
  "SharedWorker",
  "postMessage",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "clearTimeout",
  "clearInterval",
  "requestAnimationFrame",
  "requestIdleCallback",
  "performance",
  "crypto",
  "require",
  "Date.now",
  "new Date()",
  "Math.random",
]);
