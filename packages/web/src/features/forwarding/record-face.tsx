/** The face of a record, in a bubble or within another record: whose it is, how it begins, and how long it is. */
import type { ActionBody } from "@yanshu/client";
import { kindWords } from "../../kit/kind-words.ts";
import { t } from "../../locales/i18n.ts";
import { recordTitle } from "./record-title.ts";

type RecordFaceProps = { readonly body: Pick<Extract<ActionBody, { kind: "record" }>, "names" | "begins" | "count"> };

export function RecordFace({ body }: RecordFaceProps) {
  return (
    <>
      <b>{recordTitle(body.names)}</b>
      {body.begins.map(({ name, words, of }, place) => (
        <span key={place} class="ell">
          {t("quote.line", { name, words: kindWords(of, words) })}
        </span>
      ))}
      <small>{t("record.count", { n: body.count })}</small>
    </>
  );
}
