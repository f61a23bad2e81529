/** The ledger of a chat: one number for each unit, the payments that clear it, and what it comes from. */
import type { LedgerEntry } from "@yanshu/client";
import { ArrowRight, ChevronLeft, Download } from "lucide";
import { Over, putUp } from "../../kit/over.tsx";
import { personName } from "../../kit/person.ts";
import { languageOf } from "../../kit/text.ts";
import { locale, t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { api, attempt, useView } from "../../shell/session.ts";
import { saveFile } from "../../shell/share.ts";
import "../../styles/media.css";
import { sumWords, whoOwes } from "./sums.ts";
import "./opened.css";

export function openLedger(chat: string): void {
  putUp((done) => <LedgerOver chat={chat} onClose={done} />);
}

function LedgerOver({ chat, onClose }: { readonly chat: string; readonly onClose: () => void }) {
  const ledger = useView("ledger", chat);
  return (
    <Over label={t("ledger.title")} kind="packet-over lies-open" testId="ledger" onClose={onClose}>
      <div class="packet-page">
        <header class="packet-bar">
          <button type="button" class="ib" aria-label={t("action.back")} data-testid="ledger-back" onClick={onClose}>
            <Icon of={ChevronLeft} />
          </button>
          <h1>{t("ledger.title")}</h1>
          <button
            type="button"
            class="ib ledger-save"
            aria-label={t("ledger.save")}
            data-testid="ledger-save"
            onClick={() => void save(chat)}
          >
            <Icon of={Download} />
          </button>
        </header>
        <div class="packet-scroll">
          {ledger?.entries.length === 0 && <p class="packet-late">{t("ledger.none")}</p>}
          {ledger?.units.map((unit) => (
            <section key={`${unit.of}${unit.currency}`} class="ledger-unit" data-testid="ledger-unit">
              <p class="packet-small">{t(unit.mine >= 0 ? "ledger.mine" : "ledger.minus")}</p>
              <p class="packet-big num">{sumWords(unit, Math.abs(unit.mine))}</p>
              {unit.payments.length > 0 && <h2>{t("ledger.clears", { n: unit.payments.length })}</h2>}
              <ul>
                {unit.payments.map(({ from, to, amount }) => (
                  <li key={from.account + to.account} data-testid="ledger-payment">
                    <b>{personName(from)}</b>
                    <Icon of={ArrowRight} size="s" />
                    <b>{personName(to)}</b>
                    <span class="num">{sumWords(unit, amount)}</span>
                  </li>
                ))}
              </ul>
            </section>
          ))}
          <ol class="packet-lots">
            {ledger?.entries.map((entry) => (
              <Entry key={entry.message.id + entry.from.account + entry.to.account} entry={entry} />
            ))}
          </ol>
          <p class="packet-small packet-honest">{t("ledger.note")}</p>
        </div>
      </div>
    </Over>
  );
}

function Entry({ entry }: { readonly entry: LedgerEntry }) {
  const { from, to, words, state } = entry;
  return (
    <li data-testid="ledger-entry" data-state={state}>
      <span class="packet-who">
        <b lang={languageOf(words, locale.value)}>{words}</b>
        <small>
          {whoOwes(from, to)} · {t(`owe.${state}`)}
        </small>
      </span>
      <span class="packet-amount num">{sumWords(entry, entry.amount)}</span>
    </li>
  );
}

async function save(chat: string): Promise<void> {
  const table = await attempt(() => api.ledgerTable(chat, t("person.you")));
  if (table === undefined) return;
  // With the mark by which spreadsheets know UTF-8.
  saveFile(new Blob(["\ufeff", table], { type: "text/csv" }), `${t("ledger.title")}.csv`);
}
