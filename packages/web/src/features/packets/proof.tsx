/** How each hundredth came about: the ring of those who opened it, and between each two the pot and how it was cut. */
import type { PacketPot, PacketProof } from "@yanshu/client";
import { Check, CircleDashed } from "lucide";
import { useState } from "preact/hooks";
import { personName } from "../../kit/person.ts";
import { t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { sumWords } from "./sums.ts";

/** Beyond, faces would lie over one another: the list alone says it. */
const drawnMax = 12;
const size = 300;
const radius = 112;
const gapDegrees = 20;

export function Proof({ view }: { readonly view: PacketProof }) {
  const { item, pots } = view;
  const [at, setAt] = useState(0);
  const shown = pots.filter(({ secrets }) => secrets.every((one) => one !== undefined)).length;
  return (
    <>
      <p class="packet-small">{t("packet.proofHow")}</p>
      {item.lots.length >= 2 && pots.length <= drawnMax && <Ring view={view} at={at} />}
      <ol class="packet-pots">
        {pots.map((pot, place) => (
          <li key={`${pot.first.account}${pot.second.account}`} class={place === at ? "on" : ""}>
            <button
              type="button"
              class="packet-pot"
              aria-expanded={place === at}
              data-testid="packet-pot"
              data-state={pot.state}
              onClick={() => setAt(place === at ? -1 : place)}
            >
              <span>
                {personName(pot.first)}
                <b class="first num">{cutWords(view, pot.toFirst)}</b>
              </span>
              <span class="packet-bar-of" style={{ "--first": `${100 * share(pot)}%` }} aria-hidden="true" />
              <span>
                <b class="second num">{cutWords(view, pot.toSecond)}</b>
                {personName(pot.second)}
              </span>
            </button>
            {place === at && <Figures view={view} pot={pot} />}
          </li>
        ))}
      </ol>
      <ul class="packet-checks">
        <Checked isDone words={t("packet.proofSealed", { n: item.lots.length })} />
        <Checked isDone={shown === pots.length} words={t("packet.proofShown", { n: shown, all: pots.length })} />
        <Checked
          isDone={item.isDone && !item.isDisputed && item.differing.length === 0}
          words={t("packet.proofAgain", { n: pots.length })}
        />
      </ul>
    </>
  );
}

function Checked({ isDone, words }: { readonly isDone: boolean; readonly words: string }) {
  return (
    <li class={isDone ? "done" : ""}>
      <Icon of={isDone ? Check : CircleDashed} size="s" />
      <span>{words}</span>
    </li>
  );
}

function cutWords({ item }: PacketProof, amount: number | undefined): string {
  return amount === undefined ? "…" : sumWords(item, amount);
}

/** What part of it the first has; a half while that is not known. */
function share({ toFirst, amount }: PacketPot): number {
  return toFirst === undefined || amount === 0 ? 0.5 : toFirst / amount;
}

function Figures({ view, pot }: { readonly view: PacketProof; readonly pot: PacketPot }) {
  const { item } = view;
  return (
    <div class="packet-figures">
      <p>{t(`packet.pot-${pot.state}`, { sum: sumWords(item, pot.amount) })}</p>
      {[pot.first, pot.second].map((person, side) => (
        <dl key={person.account + side}>
          <dt>{t("packet.sealedBy", { name: personName(person) })}</dt>
          <dd>{pot.commitments[side]}</dd>
          <dt>{t("packet.shownBy", { name: personName(person) })}</dt>
          <dd>{pot.secrets[side] ?? t("packet.notYet")}</dd>
        </dl>
      ))}
      {pot.draw !== undefined && (
        <dl>
          <dt>{t("packet.drawn")}</dt>
          <dd>{pot.draw.hash}</dd>
        </dl>
      )}
    </div>
  );
}

function Ring({ view, at }: { readonly view: PacketProof; readonly at: number }) {
  const { item, pots } = view;
  const count = item.lots.length;
  const faces = item.lots.map(({ person }) =>
    pots.flatMap(({ first, second }) => [first, second]).find(({ account }) => account === person.account),
  );
  const angle = (place: number) => (360 / count) * place - 90;
  const point = (degrees: number, length = radius) => {
    const turned = (degrees * Math.PI) / 180;
    return [size / 2 + length * Math.cos(turned), size / 2 + length * Math.sin(turned)] as const;
  };
  const arc = (from: number, to: number) => {
    const [x, y] = point(from);
    const [u, v] = point(to);
    return `M${x.toFixed(1)} ${y.toFixed(1)}A${radius} ${radius} 0 ${to - from > 180 ? 1 : 0} 1 ${u.toFixed(1)} ${v.toFixed(1)}`;
  };
  return (
    <div class="packet-ring" role="img" aria-label={t("packet.ring", { n: count })}>
      <svg viewBox={`0 0 ${size} ${size}`} aria-hidden="true">
        {pots.map((pot, place) => {
          const [from, to] = [angle(place) + gapDegrees / 2, angle(place + 1) - gapDegrees / 2];
          const cut = from + (to - from) * share(pot);
          return (
            <g key={place} class={`${place === at ? "on" : ""} ${pot.state}`}>
              <path class="first" d={arc(from, Math.max(from + 0.1, cut - 0.7))} />
              <path class="second" d={arc(Math.min(to - 0.1, cut + 0.7), to)} />
            </g>
          );
        })}
        <text x={size / 2} y={size / 2 - 2} text-anchor="middle" class="sum">
          {sumWords(item, item.total)}
        </text>
        <text x={size / 2} y={size / 2 + 22} text-anchor="middle" class="of">
          {t("packet.ringOf", { n: item.shares })}
        </text>
      </svg>
      {faces.map((face, place) => {
        const [x, y] = point(angle(place));
        return (
          face !== undefined && (
            <span
              key={face.account}
              class="packet-face"
              style={{ left: `${(100 * x) / size}%`, top: `${(100 * y) / size}%` }}
            >
              <Avatar face={face.face} size="sm" />
            </span>
          )
        );
      })}
    </div>
  );
}
