/**
 * Migrations in order; the number of those done stands in `yanshu_version`. Never change one that shipped, and write none that a
 * server of the version before cannot live with (docs/spec/delivery.md DS84).
 */
import { up as first } from "./0001-first.ts";
import { up as blobs } from "./0002-blobs.ts";
import { up as shared } from "./0003-shared.ts";
import { up as invitations } from "./0004-invitations.ts";

export const migrations: readonly string[] = [first, blobs, shared, invitations];
