/**
 * Scan: reads a link from the camera, a picture or a pasted text, or finds a handle; then opens the link.
 */

import { Image } from "lucide";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../../locales/i18n.ts";
import { TopBar } from "../../shell/bar.tsx";
import { useBusy } from "../../shell/busy.ts";
import { Icon } from "../../shell/icon.tsx";
import { PictureInput } from "../../shell/picture-input.tsx";
import { go, setPendingLink } from "../../shell/router.ts";
import { api, attempt } from "../../shell/session.ts";
import { toast } from "../../shell/toast.tsx";
import { type Detect, loadDetector } from "./detect.ts";
import { findHandle, handleIn } from "./find-handle.ts";
import { noteScanned } from "./scanned.ts";

const lookEveryMs = 120;

type ScanProps = {
  readonly title?: string;
  readonly note?: string;
  /** What to do with a link that was found; by default it is opened. */
  readonly onFound?: (link: string) => void;
  /** Called with text that is no link, such as a card's code; resolves with whether it was accepted. */
  readonly takes?: (text: string) => Promise<boolean>;
};

function openLink(link: string): void {
  setPendingLink(link);
  go({ name: "opened-link" }, "replace");
}

export function Scan({ title, note, onFound = openLink, takes }: ScanProps) {
  const takesNames = onFound === openLink && takes === undefined;
  const found = async (text: string, how: "camera" | "given") => {
    if (takes !== undefined) return takes(text);
    const preview = await attempt(() => api.readLink(text));
    if (preview === undefined) return false;
    const link = text.trim();
    noteScanned(how === "camera" ? link : undefined);
    onFound(link);
    return true;
  };
  return (
    <section class="screen paper">
      <TopBar title={title ?? t("scan.title")} plain />
      <div class="scroll scan">
        {note !== undefined && <p class="lead">{note}</p>}
        <Camera onText={(text) => found(text, "camera")} />
        <Paste
          takesNames={takesNames}
          onText={async (text) => {
            const handle = takesNames ? handleIn(text) : undefined;
            await (handle === undefined ? found(text, "given") : findHandle(handle));
          }}
        />
        <Picture onText={(text) => void found(text, "given")} />
      </div>
    </section>
  );
}

function Camera({ onText }: { onText: (text: string) => Promise<boolean> }) {
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState<"starting" | "on" | "none">("starting");
  const latest = useRef(onText);
  latest.current = onText;
  useEffect(() => {
    const stop = new AbortController();
    watch(video.current, stop.signal, () => setState("on"), latest).catch(() => setState("none"));
    return () => stop.abort();
  }, []);
  return (
    <>
      <div class={`camera ${state}`}>
        <video ref={video} playsInline muted aria-label={t("scan.hint")} />
        {state === "on" && <span class="aim" aria-hidden="true" />}
      </div>
      <p class="hint" role="status">
        {state === "none" ? t("scan.noCamera") : state === "on" ? t("scan.hint") : ""}
      </p>
    </>
  );
}

/** Scans the camera's picture repeatedly until `onText` accepts a code. @throws without a camera. */
async function watch(
  video: HTMLVideoElement | null,
  stop: AbortSignal,
  started: () => void,
  onText: { readonly current: (text: string) => Promise<boolean> },
): Promise<void> {
  if (video === null || navigator.mediaDevices === undefined) throw new Error("No camera");
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  const end = () => {
    for (const track of stream.getTracks()) track.stop();
  };
  stop.addEventListener("abort", end);
  if (stop.aborted) end();
  video.srcObject = stream;
  const [detect] = await Promise.all([loadDetector(), video.play()]);
  started();
  let last = "";
  while (!stop.aborted) {
    const text = await detect(video).catch(() => undefined);
    // A refused code is not tried again until another code was seen.
    if (text !== undefined && text !== last) {
      last = text;
      if (await onText.current(text)) return;
    }
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}

type PasteProps = { readonly takesNames: boolean; readonly onText: (text: string) => Promise<unknown> };

function Paste({ takesNames, onText }: PasteProps) {
  const [text, setText] = useState("");
  const [isLooking, run] = useBusy();
  const look = async () => {
    if (text.trim() !== "") await run(() => onText(text));
  };
  return (
    <form
      class="paste"
      onSubmit={(event) => {
        event.preventDefault();
        void look();
      }}
    >
      <label for="paste-link">{t(takesNames ? "scan.pasteOrName" : "scan.paste")}</label>
      <div class="paste-line">
        <input
          id="paste-link"
          type="text"
          inputMode="url"
          autocomplete="off"
          autocapitalize="off"
          placeholder={t(takesNames ? "scan.pasteOrNameHint" : "scan.pasteHint")}
          data-testid="paste-link"
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <button
          type="submit"
          class="btn fill sm"
          data-testid="open-link"
          aria-busy={isLooking}
          disabled={text.trim() === ""}
        >
          {t("scan.open")}
        </button>
      </div>
    </form>
  );
}

function Picture({ onText }: { onText: (text: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const look = async (file: File) => {
    let text: string | undefined;
    try {
      const [detect, bitmap]: [Detect, ImageBitmap] = await Promise.all([loadDetector(), createImageBitmap(file)]);
      text = await detect(bitmap);
    } catch {
      text = undefined; // Not a picture: the same message as for a picture without a code.
    }
    if (text === undefined) toast(t("scan.nothing"));
    else onText(text);
  };
  return (
    <>
      <button type="button" class="btn soft" onClick={() => input.current?.click()}>
        <Icon of={Image} size="s" />
        {t("scan.picture")}
      </button>
      <PictureInput input={input} testId="scan-picture" onFile={(file) => void look(file)} />
    </>
  );
}
