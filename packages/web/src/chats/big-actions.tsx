/**
 * In elder mode the list of chats begins with three big actions: talk, send a picture, write (docs/spec/web.md WE72). Each asks
 * with whom, in faces as big as a thumb; with one chat alone there is nothing to ask.
 */
import type { ChatRow } from "@yanshu/client";
import { Camera, type IconNode, Keyboard, Mic } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { begun } from "../composer/begun.ts";
import { pickPhoto } from "../composer/plus-entries.ts";
import { languageOf } from "../kit/text.ts";
import { titleOf } from "../kit/title.ts";
import { locale, t } from "../locales/i18n.ts";
import { Mosaic } from "../shell/avatar.tsx";
import { Icon } from "../shell/icon.tsx";
import { go } from "../shell/router.ts";
import { useView } from "../shell/session.ts";
import { Sheet } from "../shell/sheet.tsx";
import "./faces.css";
import "./big-actions.css";

type What = "talk" | "photo" | "write";

const acts: readonly (readonly [What, IconNode])[] = [
  ["talk", Mic],
  ["photo", Camera],
  ["write", Keyboard],
];

export function BigActions({ rows }: { rows: readonly ChatRow[] }) {
  const [asked, setAsked] = useState<What | undefined>(undefined);
  useEffect(() => {
    begun.value = undefined; // Back at the list, nothing is begun any more.
  }, []);
  const often = useView("often") ?? [];
  const open = rows.filter(({ state, kind }) => state === "open" && kind !== "own");
  // Those one writes to most come first.
  const placeOf = ({ conversation }: ChatRow) =>
    often.includes(conversation) ? often.indexOf(conversation) : often.length;
  const shown = open.toSorted((a, b) => placeOf(a) - placeOf(b));
  if (shown.length === 0) return null;
  const begin = (what: What, chat: string) => {
    setAsked(undefined);
    if (what !== "photo") begun.value = { chat, what };
    go({ name: "chat", id: chat });
    // Within the tap, or a browser opens no chooser.
    if (what === "photo") pickPhoto(chat);
  };
  const [only] = shown;
  return (
    <>
      <fieldset class="big-acts" aria-label={t("elder.acts")} data-testid="big-acts">
        {acts.map(([what, icon]) => (
          <button
            key={what}
            type="button"
            data-testid={`big-${what}`}
            onClick={() => (shown.length === 1 && only !== undefined ? begin(what, only.conversation) : setAsked(what))}
          >
            <Icon of={icon} />
            <span>{t(`elder.act.${what}`)}</span>
          </button>
        ))}
      </fieldset>
      {asked !== undefined && (
        <Sheet title={t(`elder.who.${asked}`)} onClose={() => setAsked(undefined)} testId="big-who">
          <h2 class="sheet-title">{t(`elder.who.${asked}`)}</h2>
          <ul class="faces">
            {shown.map((row) => (
              <li key={row.conversation}>
                <button
                  type="button"
                  class="big-face"
                  data-testid="big-one"
                  onClick={() => begin(asked, row.conversation)}
                >
                  <Mosaic faces={row.faces} size="xl" />
                  <span class="face-name" lang={languageOf(row.title, locale.value)}>
                    {titleOf(row)}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </Sheet>
      )}
    </>
  );
}
