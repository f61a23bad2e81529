/** Migrations in order; the number of those done stands in `yanshu_version`. Never change one that shipped. */
import { up as first } from "./0001-first.ts";

export const migrations: readonly string[] = [first];
