/** Room: what the app takes on this device, chat by chat, and what of it may go (docs/spec/keeping.md KP5, KP6). */
import type { StorageChat, StorageKind, StorageReport } from "@yanshu/client";
import { Archive, CloudUpload, Eraser } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { sizeWords } from "../../kit/sizes.ts";
import { t } from "../../locales/i18n.ts";
import { Mosaic } from "../../shell/avatar.tsx";
import { TopBar } from "../../shell/bar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { api, attempt, useView } from "../../shell/session.ts";
import { confirm, Sheet } from "../../shell/sheet.tsx";
import { toast } from "../../shell/toast.tsx";
import "./storage.css";

const kinds: readonly StorageKind[] = ["photos", "videos", "voice", "files", "text"];

export function Storage() {
  const [report, setReport] = useState<StorageReport>();
  const [open, setOpen] = useState<StorageChat>();
  const count = async () => setReport(await attempt(() => api.storage()));
  useEffect(() => void count(), []);
  const clear = async (of: { readonly clearable: number }, chat?: StorageChat) => {
    const yes = await confirm({
      title: t("storage.clearAsk", { size: sizeWords(of.clearable) }),
      note: t("storage.clearNote"),
      action: t("storage.clear"),
    });
    if (!yes) return;
    setOpen(undefined);
    const freed = await attempt(() => api.clearFiles(chat?.conversation));
    if (freed !== undefined) toast(t("storage.cleared", { size: sizeWords(freed) }));
    await count();
  };
  return (
    <section class="screen" data-testid="storage" aria-busy={report === undefined}>
      <TopBar title={t("storage.title")} />
      <div class="scroll">
        {report !== undefined && (
          <>
            <Whole report={report} onClear={() => void clear(report)} />
            <ul class="group" aria-label={t("storage.chats")}>
              {report.chats.map((chat) => (
                <li key={chat.conversation}>
                  <button
                    type="button"
                    class="row sm storage-row"
                    data-testid="storage-chat"
                    onClick={() => setOpen(chat)}
                  >
                    <Mosaic faces={chat.faces} size="sm" />
                    <span class="body">
                      <span class="l1">
                        <span class="name">{chat.title}</span>
                        <span class="v">{sizeWords(chat.all)}</span>
                      </span>
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
      {open !== undefined && (
        <Sheet title={open.title} onClose={() => setOpen(undefined)} testId="storage-sheet">
          <h2 class="sheet-title">{open.title}</h2>
          <Kinds of={open} />
          <div class="sheet-acts">
            {open.clearable > 0 && (
              <button
                type="button"
                class="btn fill"
                data-testid="storage-clear-chat"
                onClick={() => void clear(open, open)}
              >
                {t("storage.clearSize", { size: sizeWords(open.clearable) })}
              </button>
            )}
            {open.clearable === 0 && <p class="sheet-note">{t("storage.nothing")}</p>}
            <button type="button" class="btn plain" onClick={() => setOpen(undefined)}>
              {t("action.close")}
            </button>
          </div>
        </Sheet>
      )}
    </section>
  );
}

function Whole({ report, onClear }: { report: StorageReport; onClear: () => void }) {
  const vault = useView("vault");
  const device = useDevice();
  return (
    <>
      <div class="group storage-whole">
        <p class="storage-sum">
          <strong data-testid="storage-all">{sizeWords(report.all)}</strong>
          <span>{t("storage.here")}</span>
          {device !== undefined && <small>{t("storage.device", { size: sizeWords(device) })}</small>}
        </p>
        <div class="storage-bar" aria-hidden="true">
          {kinds
            .filter((kind) => report[kind] > 0)
            .map((kind) => (
              <span key={kind} class={`of-${kind}`} style={{ flexGrow: report[kind] }} />
            ))}
        </div>
        <Kinds of={report} />
        {report.clearable > 0 && (
          <div class="page-acts">
            <button type="button" class="btn fill" data-testid="storage-clear" onClick={onClear}>
              <Icon of={Eraser} size="s" /> {t("storage.clearSize", { size: sizeWords(report.clearable) })}
            </button>
          </div>
        )}
      </div>
      <div class="group">
        {vault?.bytes !== undefined && vault.bytesMax !== undefined && (
          <p class="set">
            <span class="ico" aria-hidden="true">
              <Icon of={Archive} />
            </span>
            <span class="x">
              <span>
                {t("storage.vault")}
                <small>{t("storage.vaultOf", { used: sizeWords(vault.bytes), most: sizeWords(vault.bytesMax) })}</small>
              </span>
            </span>
          </p>
        )}
        {report.home !== undefined && (
          <p class="set" data-testid="storage-home">
            <span class="ico" aria-hidden="true">
              <Icon of={CloudUpload} />
            </span>
            <span class="x">
              <span>
                {t("storage.home")}
                <small>
                  {t("storage.homeOf", { days: report.home.days, most: sizeWords(report.home.fileBytesMax) })}
                </small>
              </span>
            </span>
          </p>
        )}
      </div>
    </>
  );
}

function Kinds({ of }: { of: Readonly<Record<StorageKind, number>> }) {
  return (
    <dl class="storage-kinds">
      {kinds.map((kind) => (
        <div key={kind}>
          <dt>
            <span class={`dot of-${kind}`} aria-hidden="true" />
            {t(`storage.of.${kind}`)}
          </dt>
          <dd>{sizeWords(of[kind])}</dd>
        </div>
      ))}
    </dl>
  );
}

/** What the browser still gives this app; absent where it does not say. */
function useDevice(): number | undefined {
  const [free, setFree] = useState<number>();
  useEffect(() => {
    void navigator.storage
      ?.estimate?.()
      .then(({ quota = 0, usage = 0 }) => setFree(Math.max(0, quota - usage)))
      .catch(() => undefined);
  }, []);
  return free;
}
