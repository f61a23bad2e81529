/** The sheet in which a list begins that many write on. */
import { useState } from "preact/hooks";
import type { Closes } from "../../kit/opened-sheet.ts";
import { t } from "../../locales/i18n.ts";
import { api, succeeds } from "../../shell/session.ts";
import { FormSheet } from "../../shell/sheet.tsx";
import type { PlainChain } from "./chain-text.ts";
import "../../styles/gather.css";

type ListSheetProps = { readonly chat: string; readonly plain?: PlainChain | undefined } & Closes;

export function ListSheet({ chat, plain, onClose }: ListSheetProps) {
  const [title, setTitle] = useState(plain?.title ?? "");
  const [note, setNote] = useState(plain?.note ?? "");
  const [seeds, setSeeds] = useState((plain?.seeds ?? []).join("\n"));
  const start = async () => {
    const lines = seeds
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "");
    if (await succeeds(() => api.startChain(chat, { title, note, seeds: lines }))) onClose();
  };
  return (
    <FormSheet
      title={t("chain.new")}
      class="gather"
      testId="chain-sheet"
      action={t("chain.start")}
      actionTestId="chain-start"
      isReady={title.trim() !== ""}
      onSubmit={() => void start()}
      onClose={onClose}
    >
      <input
        class="field-box"
        aria-label={t("chain.title")}
        placeholder={t("chain.title")}
        maxLength={200}
        defaultValue={title}
        data-testid="chain-title"
        onInput={(event) => setTitle(event.currentTarget.value)}
      />
      <input
        class="field-box"
        aria-label={t("chain.note")}
        placeholder={t("chain.note")}
        maxLength={500}
        defaultValue={note}
        data-testid="chain-note"
        onInput={(event) => setNote(event.currentTarget.value)}
      />
      <textarea
        class="field-box"
        rows={4}
        aria-label={t("chain.seeds")}
        placeholder={t("chain.seeds")}
        defaultValue={seeds}
        data-testid="chain-seeds"
        onInput={(event) => setSeeds(event.currentTarget.value)}
      />
    </FormSheet>
  );
}
