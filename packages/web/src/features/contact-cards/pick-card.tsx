/** Whose card to send here: one contact. Who does not want to be passed on is shown, and says so. */
import { useState } from "preact/hooks";
import { matchesContact } from "../../kit/pinyin.ts";
import { languageOf } from "../../kit/text.ts";
import { useReader } from "../../kit/use-reader.ts";
import { locale, t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { api, succeeds, useView } from "../../shell/session.ts";
import { FormSheet } from "../../shell/sheet.tsx";
import "../../styles/chat.css";
import "../../styles/gather.css";

export function PickCard({ chat, onClose }: { chat: string; onClose: () => void }) {
  const [picked, setPicked] = useState<string | undefined>(undefined);
  const [query, setQuery] = useState("");
  const reader = useReader();
  const peer = useView("conversation", chat)?.peer;
  const rows = (useView("contacts") ?? []).filter(
    (row) => !row.blocked && row.account !== peer && matchesContact(row, query, reader),
  );
  const send = async () => {
    if (picked !== undefined && (await succeeds(() => api.sendCard(chat, picked)))) onClose();
  };
  return (
    <FormSheet
      title={t("card.pick")}
      class="gather"
      testId="pick-card"
      action={t("compose.send")}
      actionTestId="pick-card-send"
      isReady={picked !== undefined}
      onSubmit={() => void send()}
      onClose={onClose}
    >
      <input
        type="search"
        class="field-box"
        aria-label={t("contacts.searchLabel")}
        placeholder={t("contacts.search")}
        data-testid="pick-card-find"
        onInput={(event) => setQuery(event.currentTarget.value)}
      />
      {rows.length === 0 && (
        <p class="none">{t(query.trim() === "" ? "card.nobody" : "contacts.none", { q: query.trim() })}</p>
      )}
      <ul class="forward-list">
        {rows.map((row) => (
          <li key={row.account}>
            <label class="check">
              <input
                type="radio"
                name="card"
                checked={picked === row.account}
                disabled={!row.isPassedOn}
                data-testid="pick-card-who"
                data-account={row.account}
                onChange={() => setPicked(row.account)}
              />
              <Avatar face={row.face} size="sm" />
              <span class="grow ell" lang={languageOf(row.name, locale.value)}>
                {row.name}
                {!row.isPassedOn && <small class="note">{t("card.unwilling")}</small>}
              </span>
            </label>
          </li>
        ))}
      </ul>
    </FormSheet>
  );
}
