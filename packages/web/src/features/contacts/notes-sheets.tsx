/**
 * Sheets for private notes on a contact: a description, and tags.
 */
import type { ContactRow } from "@yanshu/client";
import { Check, Plus } from "lucide";
import { useState } from "preact/hooks";
import { languageOf } from "../../kit/text.ts";
import { locale, t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { api, attempt, useView } from "../../shell/session.ts";
import { FormSheet, Sheet } from "../../shell/sheet.tsx";
import "../../kit/search/search.css";

const descriptionMax = 500;
const tagMax = 32;

type NotesProps = { readonly row: ContactRow; readonly onClose: () => void };

export function DescriptionSheet({ row, onClose }: NotesProps) {
  const [text, setText] = useState(row.description);
  return (
    <FormSheet
      title={t("contact.description")}
      testId="description-sheet"
      action={t("action.save")}
      actionTestId="description-save"
      onSubmit={() => {
        onClose();
        void attempt(() => api.setContactNotes(row.account, { description: text }));
      }}
      onClose={onClose}
    >
      <textarea
        class="line-field"
        rows={4}
        aria-label={t("contact.description")}
        maxLength={descriptionMax}
        defaultValue={row.description}
        data-testid="description-field"
        onInput={(event) => setText(event.currentTarget.value)}
      />
    </FormSheet>
  );
}

/** All tags, those of the contact selected; a new one can be typed. */
export function TagSheet({ row, onClose }: NotesProps) {
  const contacts = useView("contacts");
  const [chosen, setChosen] = useState<readonly string[]>(row.tags);
  const [fresh, setFresh] = useState("");
  const all = [...new Set([...(contacts ?? []).flatMap(({ tags }) => tags), ...chosen])];
  const toggle = (tag: string) =>
    setChosen(chosen.includes(tag) ? chosen.filter((one) => one !== tag) : [...chosen, tag]);
  const add = () => {
    const tag = fresh.trim();
    if (tag !== "" && !chosen.includes(tag)) setChosen([...chosen, tag]);
    setFresh("");
  };
  return (
    <Sheet title={t("contacts.tags")} onClose={onClose} testId="tag-sheet">
      <h2 class="sheet-title">{t("contacts.tags")}</h2>
      {all.length > 0 && (
        <fieldset class="chips wrap" aria-label={t("contacts.tags")}>
          {all.map((tag) => (
            <button
              key={tag}
              type="button"
              class={chosen.includes(tag) ? "on" : ""}
              aria-pressed={chosen.includes(tag)}
              lang={languageOf(tag, locale.value)}
              data-testid="tag-chip"
              onClick={() => toggle(tag)}
            >
              {chosen.includes(tag) && <Icon of={Check} size="xs" />} {tag}
            </button>
          ))}
        </fieldset>
      )}
      <form
        class="tag-new"
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <input
          class="line-field"
          aria-label={t("contact.tagNew")}
          placeholder={t("contact.tagNew")}
          maxLength={tagMax}
          autocomplete="off"
          value={fresh}
          data-testid="tag-field"
          onInput={(event) => setFresh(event.currentTarget.value)}
        />
        <button type="submit" class="ib" aria-label={t("contact.tagAdd")} data-testid="tag-add">
          <Icon of={Plus} />
        </button>
      </form>
      <div class="sheet-acts">
        <button
          type="button"
          class="btn fill"
          data-testid="tags-save"
          onClick={() => {
            onClose();
            const tag = fresh.trim();
            const tags = tag === "" || chosen.includes(tag) ? chosen : [...chosen, tag];
            void attempt(() => api.setContactNotes(row.account, { tags }));
          }}
        >
          {t("action.save")}
        </button>
        <button type="button" class="btn plain" onClick={onClose}>
          {t("action.cancel")}
        </button>
      </div>
    </Sheet>
  );
}
