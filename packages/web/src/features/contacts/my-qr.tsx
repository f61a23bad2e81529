/**
 * My QR code, which a friend scans, and its link. Works without a network.
 */
import { Copy, Image, Printer, RotateCw, ScanLine, Share2 } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { ActTile } from "../../kit/act-tile.tsx";
import { languageOf } from "../../kit/text.ts";
import { locale, t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { TopBar } from "../../shell/bar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { Link } from "../../shell/link.tsx";
import { Logo } from "../../shell/mark.tsx";
import { Qr, qrPicture } from "../../shell/qr.tsx";
import { api, attempt, useStatus } from "../../shell/session.ts";
import { copyText, hasShareSheet, saveFile, shareLink } from "../../shell/share.ts";
import { confirm } from "../../shell/sheet.tsx";
import { toast } from "../../shell/toast.tsx";
import "../../styles/print.css";

export function MyQr() {
  const me = useStatus()?.me;
  const [link, setLink] = useState<string | undefined>(undefined);
  const isReady = me !== undefined;
  useEffect(() => {
    if (isReady) void attempt(() => api.myLink()).then(setLink);
  }, [isReady]);

  const renew = async () => {
    const yes = await confirm({ title: t("qr.renewAsk"), note: t("qr.renewNote"), action: t("qr.new") });
    const next = yes ? await attempt(() => api.resetLink()) : undefined;
    if (next === undefined) return;
    setLink(next);
    toast(t("qr.renewed"));
  };
  const save = async () => {
    const picture = link === undefined ? null : await qrPicture(link, me?.name ?? "");
    if (picture !== null) saveFile(picture, "yanshu.png");
  };

  return (
    <section class="screen paper">
      <TopBar title={t("qr.title")} plain />
      <div class="scroll qr-page">
        {me !== undefined && link !== undefined && (
          <>
            <div class="paper-card qr-card printed" data-testid="my-link" data-link={link}>
              <div class="qr-head">
                <Avatar face={me.face} size="lg" />
                <div class="qr-who">
                  <div class="brush person-name" lang={languageOf(me.name, locale.value)}>
                    {me.name}
                  </div>
                  {me.handle.isFound && (
                    <p class="note" data-testid="my-handle">
                      {t("handle.mine", { handle: `@${me.handle.handle}` })}
                    </p>
                  )}
                </div>
              </div>
              {!me.privacy.takesLink && <LinkOff />}
              <Qr text={link} label={t("qr.code", { name: me.name })} testId="my-qr-code" />
              <div class="qr-foot">
                <p>
                  {t("qr.scanMe")}
                  <br />
                  {t("qr.note")}
                </p>
                <Logo />
              </div>
            </div>
            <div class="acts">
              {hasShareSheet() && (
                <ActTile icon={Share2} label={t("qr.share")} onClick={() => void shareLink(me.name, link)} />
              )}
              <ActTile icon={Copy} label={t("qr.copy")} testId="copy-link" onClick={() => void copyText(link)} />
              <ActTile icon={Image} label={t("qr.save")} onClick={() => void save()} />
              <ActTile icon={Printer} label={t("qr.print")} onClick={() => print()} />
              <ActTile icon={RotateCw} label={t("qr.new")} testId="reset-link" onClick={() => void renew()} />
            </div>
            <Link to={{ name: "scan" }} class="btn soft scan-btn" data-testid="scan">
              <Icon of={ScanLine} size="s" />
              {t("scan.title")}
            </Link>
          </>
        )}
      </div>
    </section>
  );
}

/** Shown while the person accepts no contact requests by link: nobody can use the code then. */
function LinkOff() {
  return (
    <p class="strip qr-off" data-testid="link-off">
      <span>{t("qr.off")}</span>
      <button type="button" class="act" onClick={() => void attempt(() => api.setPrivacy({ takesLink: true }))}>
        {t("qr.on")}
      </button>
    </p>
  );
}
