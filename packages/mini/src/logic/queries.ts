/**
 * Queries: `wx.createSelectorQuery` (docs/spec/programs.md PR61). glass-easel's adapter has them, but for two things: a
 * component may ask while the first page is made, when no page is on top, and `node`, which finds a canvas.
 */
import { component } from "glass-easel-miniprogram-adapter";
import { emptyCanvas } from "./absent.ts";

type Fields = { readonly node?: unknown; readonly context?: unknown };
type Found = { node?: unknown; readonly context?: unknown };
type Then = (found: Found | readonly Found[] | null) => void;
type Query = {
  _$push: (selector: unknown, at: unknown, isSingle: boolean, fields: Fields, then?: Then) => void;
  readonly select: (selector: string) => object;
};
type Asked = { readonly _$sq: Query; readonly _$sel: unknown; readonly _$comp: unknown; readonly _$single: boolean };
/** What glass-easel keeps behind a page or component. */
type Caller = { readonly _$: unknown };

const nobody = {
  getShadowRoot: () => ({ querySelector: () => null, querySelectorAll: () => [] }),
  getBackendContext: () => null,
};

/** @param top the page on top, when the question is put: there may be none yet. */
export function selectorQuery(top: () => Caller | undefined): unknown {
  const place = {
    get _$() {
      return top()?._$ ?? nobody;
    },
  };
  const query = component.ComponentCaller.prototype.createSelectorQuery.call(place as never) as unknown as Query;
  return withNodes(query);
}

/** Adds `node`, and the field of that name, to the class that all queries are of. */
function withNodes(query: Query): Query {
  const kind = Object.getPrototypeOf(query) as Query;
  const references = Object.getPrototypeOf(query.select("")) as Record<string, unknown>;
  if ("node" in references) return query;
  references["node"] = function (this: Asked, then?: Then): Query {
    this._$sq._$push(this._$sel, this._$comp, this._$single, { node: true }, then);
    return this._$sq;
  };
  const { _$push: push } = kind;
  kind._$push = function (this: Query, selector, at, isSingle, fields, then = () => undefined) {
    if (fields.node !== true) return push.call(this, selector, at, isSingle, fields, then);
    push.call(this, selector, at, isSingle, { ...fields, context: true }, (found) => {
      for (const one of Array.isArray(found) ? (found as readonly Found[]) : [found as Found | null])
        if (one !== null) one.node = one.context;
      then(found);
    });
  };
  return query;
}

/** What `node` finds where an element is a canvas (PR48). */
export function contextOf(tag: string): unknown {
  return tag === "canvas" ? emptyCanvas() : null;
}
