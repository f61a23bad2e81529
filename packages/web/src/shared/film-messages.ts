/** What pages and the service worker tell each other of films. */
export type ToFilms =
  /** Fetches the heads of the page of this pack. */
  | { readonly kind: "film-heads"; readonly pack: string }
  /**
   * This film is on screen; the others of `near` are made ready. `upTo`: of the one on screen no byte from there on is
   * wanted yet; absent: all of it is.
   */
  | { readonly kind: "film-shown"; readonly hash: string; readonly near: readonly string[]; readonly upTo?: number }
  /** Fetches these films whole, in this order, and no byte of them otherwise. */
  | { readonly kind: "film-whole"; readonly films: readonly { readonly hash: string; readonly bytes: number }[] }
  /** A picture that was made here: all of it. */
  | { readonly kind: "film-made"; readonly bytes: Uint8Array<ArrayBuffer> }
  /** Forgets all films, and answers by the port. */
  | { readonly kind: "films-forget" };
/** Whole chunks of a film from index `at` on; of 0 chunks its list. `bytes`: its length, by its entry. */
export type FilmElsewhere = {
  readonly hash: string;
  readonly bytes: number;
  readonly at: number;
  readonly count: number;
};
export type FromFilms =
  /** Home gives no answer: whatever a page gets elsewhere comes by the port, or nothing. */
  | ({ readonly kind: "film-elsewhere" } & FilmElsewhere)
  /** Which film is on screen? */
  | { readonly kind: "film-which" }
  /** What was fetched of this film is not what its author published. */
  | { readonly kind: "film-wrong"; readonly hash: string }
  /** The heads of the page of this pack were read: of these films, in their order. */
  | { readonly kind: "film-heads-read"; readonly pack: string; readonly films: readonly string[] };
