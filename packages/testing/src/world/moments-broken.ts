/**
 * Ten rules of Moments, each broken once on purpose (docs/spec/moments.md MO64): what of the source is replaced by
 * what, and the test that must notice. As a preload of `bun test` it breaks the one that YANSHU_MOMENTS_BROKEN names.
 */
import { readFileSync } from "node:fs";
import { plugin } from "bun";

type Broken = {
  readonly what: string;
  /** In packages/client/src/features/moments. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** Of this folder, and the beginning of the test's name. */
  readonly test: readonly [file: string, name: string];
};

const graph = ["moments-graph.test.ts", "exactly the mutual friends"] as const;
const first = "moments.test.ts";
const secret = "concat(log, post, reply ?? new Uint8Array())";

export const broken: readonly Broken[] = [
  {
    what: "a word's key without the post's secret",
    file: "sealed.ts",
    from: secret,
    to: "concat(log, reply ?? new Uint8Array())",
    test: graph,
  },
  {
    what: "a word's key without the log's",
    file: "sealed.ts",
    from: secret,
    to: "concat(post, reply ?? new Uint8Array())",
    test: graph,
  },
  { what: "an answer that is not bound", file: "sealed.ts", from: secret, to: "concat(log, post)", test: graph },
  {
    what: "a log that stays when a friend is let go",
    file: "exchange.ts",
    from: "return [...holdersOf(context.db, log)].some((account) => !known.has(account));",
    to: "return known.size < 0;",
    test: [first, "who is let go, or made chats only"],
  },
  {
    what: "rounds that are not filled",
    file: "round.ts",
    from: "const filled = step - told.length;",
    to: "const filled = Math.min(0, step);",
    test: [first, "for how many a post is, the size"],
  },
  {
    what: "one counter for all friends",
    file: "round.ts",
    from: "const places = spendMomentPlaces(db, to, placesKept(context));",
    to: 'const places = spendMomentPlaces(db, to, placesKept(context)); db.run("UPDATE moment_places SET next = (SELECT max(next) FROM moment_places)");',
    test: [first, "a post for some is with them alone"],
  },
  {
    what: "words that nobody signed",
    file: "words.ts",
    from: "if (await isSigned(context, author, toSign, opened.signature, metMs)) meant = post;",
    to: "if (toSign.length > 0) meant = post;",
    test: [first, "a friend with all keys, and a home"],
  },
  {
    what: "a word that is taken back and stays at home",
    file: "round.ts",
    from: "await clearHoles(context, [hole.secret]);",
    to: "void hole;",
    test: [first, "a comment that is taken back, and one that is hidden"],
  },
  {
    what: "a window that is not looked at",
    file: "exchange.ts",
    from: "const sinceMs = days === 0 ? 0 : nowMs() - days * dayMs;",
    to: "const sinceMs = Math.min(0, days * dayMs);",
    test: [first, "a new friend sees back as far"],
  },
  {
    what: "an audience that is not looked at",
    file: "sealed.ts",
    from: "!friend.isLeftOut && isMeant(friend)",
    to: "!friend.isLeftOut || isMeant(friend)",
    test: [first, "a post for some is with them alone"],
  },
];

const one = broken[Number(process.env["YANSHU_MOMENTS_BROKEN"] ?? -1)];
if (one !== undefined)
  plugin({
    name: "broken",
    setup: (build) => {
      build.onLoad({ filter: new RegExp(`features/moments/${one.file.replace(".", "\\.")}$`) }, ({ path }) => {
        const source = readFileSync(path, "utf8");
        if (!source.includes(one.from)) throw new Error(`nothing to break in ${one.file}: ${one.what}`);
        return { contents: source.replace(one.from, one.to), loader: "ts" };
      });
    },
  });
