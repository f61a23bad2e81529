/**
 * In elder mode the list of chats begins with three big actions: talk, send a picture, write (docs/spec/web.md WE72),
 * and what features add, such as a call. Each asks with whom, in faces as big as a thumb; with one chat alone there is
 * nothing to ask.
 */

import type { ChatRow } from "@yanshu/client";
import { Camera, type IconNode, Keyboard, Mic } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { begun } from "../composer/begun.ts";
import { bigEntries, pickPhoto } from "../composer/plus-entries.ts";
import type { PlusEntry } from "../feature.ts";
import { screenKind } from "../kit/kinds/index.ts";
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
  const [asked, setAsked] = useState<What | PlusEntry | undefined>(undefined);
  useEffect(() => {
    begun.value = undefined; // Back at the list, nothing is begun any more.
  }, []);
  const often = useView("often") ?? [];
  const open = rows.filter(({ state, kind }) => state === "open" && screenKind(kind).isWithOthers);
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
  // Above the chats stands what can be done with one of them at least.
  const fitting = ({ isFor }: PlusEntry) => shown.filter(({ kind }) => isFor === undefined || isFor(kind));
  const more = bigEntries().filter((entry) => fitting(entry).length > 0);
  const begins = (what: What | PlusEntry, chat: string) => {
    if (typeof what === "string") return begin(what, chat);
    setAsked(undefined);
    go({ name: "chat", id: chat });
    what.pick({ id: chat });
  };
  const choose = (what: What | PlusEntry) => {
    const [only, ...others] = typeof what === "string" ? shown : fitting(what);
    if (only !== undefined && others.length === 0) begins(what, only.conversation);
    else setAsked(what);
  };
  const question = asked && (typeof asked === "string" ? t(`elder.who.${asked}`) : t(asked.big?.who ?? asked.label));
  return (
    <>
      <fieldset class="big-acts" aria-label={t("elder.acts")} data-testid="big-acts">
        {acts.map(([what, icon]) => (
          <button key={what} type="button" data-testid={`big-${what}`} onClick={() => choose(what)}>
            <Icon of={icon} />
            <span>{t(`elder.act.${what}`)}</span>
          </button>
        ))}
        {more.map((entry) => (
          <button key={entry.id} type="button" data-testid={`big-${entry.id}`} onClick={() => choose(entry)}>
            <Icon of={entry.icon} />
            <span>{t(entry.label)}</span>
          </button>
        ))}
      </fieldset>
      {asked !== undefined && question !== undefined && (
        <Sheet title={question} onClose={() => setAsked(undefined)} testId="big-who">
          <h2 class="sheet-title">{question}</h2>
          <ul class="faces">
            {(typeof asked === "string" ? shown : fitting(asked)).map((row) => (
              <li key={row.conversation}>
                <button
                  type="button"
                  class="big-face"
                  data-testid="big-one"
                  onClick={() => begins(asked, row.conversation)}
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
