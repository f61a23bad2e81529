/** A group in a row of a list: its avatar, its name, and a line (`below`) about its members. */
import type { GroupRow } from "@yanshu/client";
import { locale } from "../locales/i18n.ts";
import { Mosaic } from "../shell/avatar.tsx";
import { languageOf } from "./text.ts";
import { titleOf } from "./title.ts";

type GroupBodyProps = { readonly row: GroupRow; readonly below: string };

export function GroupBody({ row, below }: GroupBodyProps) {
  return (
    <>
      <Mosaic faces={row.faces} />
      <span class="body">
        <span class="l1">
          <span class="name ell" lang={languageOf(row.title, locale.value)}>
            {titleOf({ kind: "group", title: row.title })}
          </span>
        </span>
        <span class="l2">
          <span class="prev ell">{below}</span>
        </span>
      </span>
    </>
  );
}
