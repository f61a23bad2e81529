/** Migrations in order; a database's `user_version` is how many it has. Never change one that shipped. */
import { up as first } from "./0001-first.ts";
import { up as push } from "./0002-push.ts";
import { up as handles } from "./0003-handles.ts";
import { up as vault } from "./0004-vault.ts";
import { up as recovery } from "./0005-recovery.ts";
import { up as passkeys } from "./0006-passkeys.ts";
import { up as family } from "./0007-family.ts";
import { up as invitations } from "./0008-invitations.ts";
import { up as segments } from "./0009-segments.ts";

export const migrations: readonly string[] = [
  first,
  push,
  handles,
  vault,
  recovery,
  passkeys,
  family,
  invitations,
  segments,
];
