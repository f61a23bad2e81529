/**
 * Fields: browsers save the content of form fields in clear, outside of the store, to restore it after a restart.
 * `autocomplete="off"` on every field prevents that (packages/web/src/features/lock/README.md WE31); half-written text
 * is kept as a draft in the store.
 */
import { options } from "preact";

const before = options.vnode;

options.vnode = (vnode) => {
  if (vnode.type === "input" || vnode.type === "textarea")
    (vnode.props as { autocomplete?: string }).autocomplete ??= "off";
  before?.(vnode);
};
