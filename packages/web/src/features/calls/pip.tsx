/**
 * Picture-in-picture: the call in a small window above all others. With Document Picture-in-Picture it shows the
 * avatar, the time and a button to hang up; without, only the other party's picture, if there is one.
 */
import { Mic, MicOff, Phone } from "lucide";
import { render } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { personName } from "../../kit/person.ts";
import { t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { peekView } from "../../shell/session.ts";
import { hangUp, remote, theirs, toggleMute } from "./call.ts";
import { isMuted } from "./devices.ts";

type PipWindows = {
  readonly requestWindow: (size: { readonly width: number; readonly height: number }) => Promise<Window>;
};

const windows = () => (globalThis as { documentPictureInPicture?: PipWindows }).documentPictureInPicture;
const picture = () => document.querySelector<HTMLVideoElement>("#calls .them");
let shown: Window | undefined;

/** Whether the window can be opened now. Reads signals while rendering. */
export function mayFloat(): boolean {
  if (windows() !== undefined) return true;
  return document.pictureInPictureEnabled === true && theirs.value.picture;
}

/** Opens the window. Call it within a tap; a refusal changes nothing. */
export async function openFloat(): Promise<void> {
  const made = windows();
  try {
    if (made === undefined) await picture()?.requestPictureInPicture();
    else show(await made.requestWindow({ width: 240, height: 300 }));
  } catch {
    closeFloat();
  }
}

/** Closes the window. */
export function closeFloat(): void {
  shown?.close();
  shown = undefined;
  if (document.pictureInPictureElement) void document.exitPictureInPicture().catch(() => undefined);
}

function show(window: Window): void {
  shown = window;
  const { document: page } = window;
  for (const sheet of document.querySelectorAll("link[rel=stylesheet], style")) page.head.append(sheet.cloneNode(true));
  for (const { name, value } of document.documentElement.attributes) page.documentElement.setAttribute(name, value);
  page.title = t("call.float");
  const place = page.createElement("main");
  page.body.append(place);
  render(<Float />, place);
  window.addEventListener("pagehide", () => {
    render(null, place);
    if (shown === window) shown = undefined;
  });
}

function Float() {
  const now = peekView("calls").value?.now;
  const ref = useRef<HTMLVideoElement>(null);
  const isSeen = theirs.value.picture && remote.value !== undefined;
  useEffect(() => {
    if (ref.current !== null) ref.current.srcObject = remote.value ?? null;
  }, [remote.value, isSeen]);
  if (now === undefined) return null;
  return (
    <div class={`call-pip ${isSeen ? "seen" : ""}`} data-testid="call-pip-window">
      {isSeen ? <video ref={ref} class="them" autoplay playsInline muted /> : <Avatar face={now.face} size="xxl" />}
      <p>{personName(now.person)}</p>
      <div class="call-pip-acts">
        <button
          type="button"
          class="call-disc"
          aria-label={t(isMuted.value ? "call.unmute" : "call.mute")}
          onClick={toggleMute}
        >
          <i>
            <Icon of={isMuted.value ? MicOff : Mic} />
          </i>
        </button>
        <button type="button" class="call-disc no" aria-label={t("call.hangUp")} onClick={hangUp}>
          <i>
            <Icon of={Phone} />
          </i>
        </button>
      </div>
    </div>
  );
}
