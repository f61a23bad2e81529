/** What is read to show Moments, among any number of posts. */
import { expect, test } from "bun:test";
import { migrate, migrations } from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import { newestSql, newsSql, pageSql } from "./views.ts";

test("[WE123] a page of posts, a person's page and what concerns one are found by their indexes", () => {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  const plan = (sql: string) => db.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).map(({ detail }) => detail);
  expect(plan(pageSql(false))[0]).toContain("SEARCH moments USING INDEX moments_by_time (kind=? AND (at_ms,id)<(?,?))");
  expect(plan(pageSql(true))[0]).toContain("SEARCH moments USING INDEX moments_of (author=? AND kind=? AND at_ms<?)");
  const news = plan(newsSql);
  expect(news).toContain("SEARCH moments USING INDEX moments_of (author=? AND kind=?)");
  expect(news).toContain("SEARCH o USING INDEX moment_words_by (author=?)");
  expect(news).toContain("SEARCH w USING INDEX moment_words_on (post=?)");
  // What calls this person stands in an index of nothing else.
  expect(news).toContain("SCAN moments USING INDEX moments_calls");
  expect(plan(newestSql)).toContain("SEARCH moments USING INDEX moments_new (got_ms>?)");
  expect(news.filter((step) => /^SCAN (moments|moment_words|w|m|o)$/.test(step))).toEqual([]);
  db.close();
});
