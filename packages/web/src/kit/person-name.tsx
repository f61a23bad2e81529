/** A contact's name in a row; where the person gave them a remark, also their own name. */
import type { ContactRow } from "@yanshu/client";
import { locale } from "../locales/i18n.ts";
import { languageOf } from "./text.ts";

export function PersonName({ row }: { readonly row: ContactRow }) {
  return (
    <span class="name ell" lang={languageOf(row.name, locale.value)}>
      {row.name}
      {row.remark !== "" && row.ownName !== row.name && <span class="own-name"> {row.ownName}</span>}
    </span>
  );
}
