/** Migrations in order; a database's `user_version` is how many it has. Never change one that shipped. */
import { up as first } from "./0001-first.ts";

export const migrations: readonly string[] = [first];
