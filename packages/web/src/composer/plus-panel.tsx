/** Plus panel: what one can send besides words, four across, after WeChat's. */
import type { ConversationView } from "@yanshu/client";
import type { PlusEntry } from "../feature.ts";
import { t } from "../locales/i18n.ts";
import { Icon } from "../shell/icon.tsx";
import { plusEntries } from "./plus-entries.ts";
import "../styles/panel.css";

type Props = { readonly id: string; readonly kind: ConversationView["kind"]; readonly onDone: () => void };

export function PlusPanel({ id, kind, onDone }: Props) {
  return (
    <div class="panel plus-panel" data-testid="plus-panel">
      <ul class="plus-grid">
        {plusEntries()
          .filter(({ isFor }) => isFor === undefined || isFor(kind))
          .map((entry) => (
            <li key={entry.id}>
              <button
                type="button"
                data-testid={`plus-${entry.id}`}
                onClick={() => {
                  entry.pick({ id });
                  onDone();
                }}
              >
                <span class="plus-tile">
                  <Icon of={entry.icon} />
                </span>
                {t(entry.label)}
                <PlusNote of={entry} />
              </button>
            </li>
          ))}
      </ul>
    </div>
  );
}

/** Said before one taps. */
function PlusNote({ of: { note } }: { of: PlusEntry }) {
  const words = note?.();
  return words === undefined ? null : <small>{t(words)}</small>;
}
