/** The data that home stores about the person, by kind, and all of it as a file (docs/spec/keeping.md KP12, KP13). */
import type { ClientApi } from "@yanshu/client";
import { Download, ServerCog } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { useMaking } from "../../kit/making.ts";
import { sizeWords } from "../../kit/sizes.ts";
import { t } from "../../locales/i18n.ts";
import { TopBar } from "../../shell/bar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { Nothing } from "../../shell/nothing.tsx";
import { api, useStatus } from "../../shell/session.ts";
import { writeHome } from "./home-json.ts";
import "./account-export.css";
import "../../kit/carry.css";

type Counts = Awaited<ReturnType<ClientApi["homeCounts"]>>;
type Kind = { readonly kind: keyof typeof kinds | "other"; readonly rows: number; readonly bytes: number };

/** Home's tables grouped by their meaning for a person; all others count as `other`. */
const kinds = {
  account: ["accounts", "entries", "devices", "homes", "mark_draws"],
  reach: ["addresses", "capabilities", "packages"],
  waiting: ["queue", "packed", "envelopes"],
  vault: ["vaults", "segments", "records"],
  handle: ["handles"],
  passkey: ["passkeys"],
  family: ["families"],
  notices: ["subscriptions"],
} as const;

function kindsOf(counts: Counts): readonly Kind[] {
  const known = new Set<string>(Object.values(kinds).flat());
  const others = counts.map(({ table }) => table).filter((table) => !known.has(table));
  const all: readonly (readonly [keyof typeof kinds | "other", readonly string[]])[] = [
    ...(Object.entries(kinds) as [keyof typeof kinds, readonly string[]][]),
    ...(others.length === 0 ? [] : [["other", others] as const]),
  ];
  return all.map(([kind, tables]) => {
    const here = counts.filter(({ table }) => tables.includes(table));
    const sum = (of: "rows" | "bytes") => here.reduce((all, one) => all + one[of], 0);
    return { kind, rows: sum("rows"), bytes: sum("bytes") };
  });
}

export function HomeKeeps() {
  const [counts, setCounts] = useState<Counts | "offline">();
  const server = useStatus()?.server ?? "";
  useEffect(() => {
    api.homeCounts().then(setCounts, () => setCounts("offline"));
  }, []);
  return (
    <section class="screen" data-testid="home-keeps" aria-busy={counts === undefined}>
      <TopBar title={t("home.title")} />
      <div class="scroll">
        {counts === "offline" && <Nothing title={t("home.offline")} />}
        {counts !== undefined && counts !== "offline" && (
          <>
            <div class="group carry-what">
              <span class="ico" aria-hidden="true">
                <Icon of={ServerCog} />
              </span>
              <p>{t("home.note", { server })}</p>
            </div>
            <dl class="group home-kinds">
              {kindsOf(counts).map(({ kind, rows, bytes }) => (
                <div key={kind} data-testid="home-kind">
                  <dt>
                    {t(`home.of.${kind}`)}
                    <small>{t(`home.of.${kind}.note`)}</small>
                  </dt>
                  <dd>
                    {rows === 0 ? t("home.none") : t("home.count", { n: rows })}
                    {rows > 0 && <small>{sizeWords(bytes)}</small>}
                  </dd>
                </div>
              ))}
            </dl>
            <p class="page-note">{t("home.not")}</p>
            <SaveAll server={server} />
          </>
        )}
      </div>
    </section>
  );
}

function SaveAll({ server }: { server: string }) {
  const account = useStatus()?.me?.account ?? "";
  const { state, make, stop } = useMaking<number, void>(0, (out, tell, signal) =>
    writeHome(api, out, { at: new Date().toISOString(), account, server }, tell, signal),
  );
  return (
    <div class="page-acts" role="status">
      {state.step === "making" && (
        <>
          <p class="sheet-note">{t("home.making", { size: sizeWords(state.told) })}</p>
          <button type="button" class="btn plain" onClick={stop}>
            {t("action.cancel")}
          </button>
        </>
      )}
      {state.step === "failed" && <p class="sheet-note">{t("home.failed")}</p>}
      {(state.step === "ready" || state.step === "failed") && (
        <button type="button" class="btn fill" data-testid="home-make" onClick={() => void make()}>
          {t("home.make")}
        </button>
      )}
      {state.step === "done" && (
        <a
          class="btn fill"
          data-testid="home-save"
          href={state.url}
          download={`yanshu-home-${new Date().toISOString().slice(0, 10)}.json`}
        >
          <Icon of={Download} size="s" /> {t("home.save", { size: sizeWords(state.bytes) })}
        </a>
      )}
      <p class="page-note">{t("home.how")}</p>
    </div>
  );
}
