/** The features that have calls: one line each (docs/spec/rooms.md RO13). */
import { backup } from "./backup.ts";
import { calls } from "./calls.ts";
import { channels } from "./channels.ts";
import { accountExport } from "./export.ts";
import { files } from "./files.ts";
import { helpers } from "./helpers.ts";
import { homes } from "./homes.ts";
import { linking } from "./linking.ts";
import { meeting } from "./meeting.ts";
import { moments } from "./moments.ts";
import { passkeys } from "./passkeys.ts";
import { peers } from "./peers.ts";
import { push } from "./push.ts";
import { usernames } from "./usernames.ts";

export const callsByFeature = {
  push,
  linking,
  files,
  usernames,
  passkeys,
  helpers,
  backup,
  calls,
  moments,
  channels,
  homes,
  meeting,
  peers,
  export: accountExport,
  articles: {}, // Entries of the public log alone.
} as const;
