/** A person's text with its links, and the time of a post. */
import type { MomentPerson } from "@yanshu/client";
import { Fragment } from "preact";
import { OutLink } from "../../kit/links/out-link.tsx";
import { lineWithSmileys } from "../../kit/smileys/drawn.ts";
import { languageOf, piecesOf } from "../../kit/text.ts";
import { isoTime, listTime } from "../../kit/time.ts";
import { locale, t } from "../../locales/i18n.ts";
import { nowMs } from "../../shell/now.ts";
import { agoOf } from "./layout.ts";

export type WordsProps = { readonly text: string; readonly from: MomentPerson; readonly isMine: boolean };

/** Links are `OutLink`s, which ask first in elder mode. */
export function Words({ text, from, isMine }: WordsProps) {
  return piecesOf(text).map((piece, place) => {
    if (piece.kind === "link")
      return (
        <OutLink key={place} from={from} isMine={isMine} url={piece.text}>
          {piece.text}
        </OutLink>
      );
    if (piece.kind === "phone")
      return (
        <a key={place} href={`tel:${piece.text.replaceAll(/[^\d+]/g, "")}`}>
          {piece.text}
        </a>
      );
    return <Fragment key={place}>{lineWithSmileys(piece.text)}</Fragment>;
  });
}

export const tongueOf = (text: string): string => languageOf(text, locale.value);

export function whenWords(atMs: number): string {
  const ago = agoOf(atMs, nowMs.value);
  if (ago !== undefined) return t(ago.words, { n: ago.n });
  return listTime(atMs, nowMs.value, locale.value, { today: t("time.today"), yesterday: t("time.yesterday") });
}

export function When({ atMs }: { readonly atMs: number }) {
  return (
    <time dateTime={isoTime(atMs)} data-testid="moment-when">
      {whenWords(atMs)}
    </time>
  );
}
