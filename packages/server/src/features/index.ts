/**
 * The features of the server: one line each (docs/spec/rooms.md RO13). In this order an account is told its rows
 * (DS70), and in this order they begin: one that provides something stands before those that ask for it.
 */
import { backup } from "./backup/index.ts";
import { calls } from "./calls/index.ts";
import { channels } from "./channels/index.ts";
import { accountExport } from "./export/index.ts";
import { files } from "./files/index.ts";
import { helpers } from "./helpers/index.ts";
import { homes } from "./homes/index.ts";
import { invitations } from "./invitations/index.ts";
import { linking } from "./linking/index.ts";
import { meeting } from "./meeting/index.ts";
import { moments } from "./moments/index.ts";
import { passkeys } from "./passkeys/index.ts";
import { peers } from "./peers/index.ts";
import { push } from "./push/index.ts";
import { usernames } from "./usernames/index.ts";

export const features = [
  files,
  push,
  usernames,
  passkeys,
  helpers,
  backup,
  invitations,
  linking,
  accountExport,
  calls,
  moments,
  channels,
  homes,
  peers,
  meeting,
] as const;
