/**
 * Calls: what the tests ask of the worker, which is where a database lives in a browser.
 */
export type Calls = {
  /** Runs one case of the contract on the database `name`; answers its error, or nothing. */
  readonly contractCase: (name: string, title: string, isSealed?: boolean) => string | undefined;
  /** Opens and keeps the database `name`; answers what became of it. */
  readonly open: (name: string) => { persistent: boolean } | { error: string };
  /** Opens it as the app does, which hears when it is gone. */
  readonly openLasting: (name: string, mayLose: boolean) => { persistent: boolean } | { error: string };
  /** How often that one was told to be gone. */
  readonly lost: () => number;
  /** How often it was told that its files are gone, and nothing would put them back. */
  readonly gone: () => number;
  /** Writes noise over all pages but the first so many of each file of the closed database `name`. */
  readonly damage: (name: string, pages: number) => void;
  /** The same, sealed under a key of one byte repeated. */
  readonly openSealed: (name: string, key: number) => { persistent: boolean } | { error: string };
  /** The database `from` as `to`, sealed; `from` is overwritten and gone. */
  readonly seal: (from: string, to: string, key: number) => void;
  /** Which texts stand in clear in the files of `name`, which nobody holds. */
  readonly standing: (name: string, texts: readonly string[]) => readonly string[];
  readonly shut: () => void;
  /** Empties the log of the open database; answers whether nothing is left of it. */
  readonly emptyLog: () => boolean;
  /** Runs SQL on the database that `open` opened. */
  readonly sql: (sql: string) => readonly Record<string, unknown>[];
  /** Milliseconds that `count` transactions of one row each took. */
  readonly insertMs: (count: number) => number;
  /** Joins the tabs of `name`; the leader keeps one table of words. */
  readonly join: (name: string) => void;
  readonly leave: () => void;
  /** Asks the leader. */
  readonly ask: (request: WordRequest, repeatable: boolean) => readonly string[] | { error: string };
  /** What this tab has been told so far. */
  readonly heard: () => { readonly events: readonly string[]; readonly leaders: readonly string[] };
};

/** A word is added once, however often it is asked. */
export type WordRequest =
  | { readonly kind: "add"; readonly word: string }
  /** The same, and only the leader's own tab is told. */
  | { readonly kind: "add-here"; readonly word: string }
  | { readonly kind: "list" }
  /** Adds the word and never answers, as a leader that is killed in the middle. */
  | { readonly kind: "add-and-hang"; readonly word: string };
