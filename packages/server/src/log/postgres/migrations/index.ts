/**
 * Migrations in order, the core's and those of all features; the number of those done stands in `yanshu_version`. Never
 * change one that shipped, and write none that a server of the version before cannot live with (docs/spec/delivery.md
 * DS84).
 */
import { migrationsWith } from "../../feature-tables.ts";
import { up as first } from "./0001-first.ts";
import { up as blobs } from "./0002-blobs.ts";
import { up as shared } from "./0003-shared.ts";

export const migrations = migrationsWith("postgres", [
  { number: 1, up: first },
  { number: 2, up: blobs },
  { number: 3, up: shared },
]);
