/** Words of a person, with their links; and when it was. */
import { Fragment } from "preact";
import { lineWithSmileys } from "../../kit/smileys/drawn.ts";
import { languageOf, piecesOf } from "../../kit/text.ts";
import { isoTime, listTime } from "../../kit/time.ts";
import { locale, t } from "../../locales/i18n.ts";
import { nowMs } from "../../shell/now.ts";
import { agoOf } from "./layout.ts";

/** In elder mode what leads out of the app asks first; here no link does, for its card stands below. */
export function Words({ text }: { readonly text: string }) {
  return piecesOf(text).map((piece, place) => {
    if (piece.kind === "link")
      return (
        <a key={place} href={piece.text} target="_blank" rel="noopener noreferrer">
          {piece.text}
        </a>
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

function whenWords(atMs: number): string {
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
