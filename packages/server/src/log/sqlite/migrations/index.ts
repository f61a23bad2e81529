/**
 * Migrations in order, the core's and those of all features; a database's `user_version` is how many it has. Never
 * change one that shipped.
 */
import { migrationsWith } from "../../feature-tables.ts";
import { up as first } from "./0001-first.ts";

export const migrations = migrationsWith("sqlite", [{ number: 1, up: first }]);
