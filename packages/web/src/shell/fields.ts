/**
 * Fields: browsers write down what stands in a page's fields, to put it back after a restart: in clear, beside the
 * store. Ours are kept out of that (packages/web/src/features/lock/README.md WE31); what is half written is a draft of
 * the store.
 */
import { options } from "preact";

const before = options.vnode;

options.vnode = (vnode) => {
  if (vnode.type === "input" || vnode.type === "textarea")
    (vnode.props as { autocomplete?: string }).autocomplete ??= "off";
  before?.(vnode);
};
