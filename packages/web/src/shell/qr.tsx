/**
 * A QR code: dark on light in both themes, with the logo in the middle.
 */

import { useMemo } from "preact/hooks";
import { Logo } from "./mark.tsx";
import { codeOf } from "./qr-code.ts";

type QrProps = { readonly text: string; readonly label: string; readonly testId?: string };

const quiet = 1; // In modules; the padding around the code adds the rest of the quiet zone.

export function Qr({ text, label, testId }: QrProps) {
  const { path, size, eyes } = useMemo(() => draw(text), [text]);
  return (
    <div class="qr">
      <svg
        class="code"
        viewBox={`0 0 ${size} ${size}`}
        role="img"
        aria-label={label}
        data-testid={testId}
        data-link={text}
      >
        <path class="modules" d={path} fill="#1b1a17" />
        {eyes.map(([x, y]) => (
          <g key={`${x} ${y}`} transform={`translate(${x} ${y})`}>
            <rect x={0.5} y={0.5} width={6} height={6} rx={1.7} fill="none" stroke="#1b1a17" />
            <rect x={2} y={2} width={3} height={3} rx={0.9} fill="#1b1a17" />
          </g>
        ))}
      </svg>
      <span class="qr-logo">
        <Logo />
      </span>
    </div>
  );
}

/** Width of a finder pattern in modules. The three are drawn with round corners, like the logo. */
const eye = 7;

function draw(text: string): { path: string; size: number; eyes: readonly (readonly [number, number])[] } {
  const { data, size } = codeOf(text, quiet);
  const far = size - quiet - eye;
  const eyes = [
    [quiet, quiet],
    [far, quiet],
    [quiet, far],
  ] as const;
  const isEye = (x: number, y: number) =>
    eyes.some(([left, top]) => x >= left && x < left + eye && y >= top && y < top + eye);
  let path = "";
  for (const [y, line] of data.entries()) {
    // One rectangle for each run of dark modules, not for each module.
    let from = -1;
    for (let x = 0; x <= line.length; x += 1) {
      const isDark = line[x] === true && !isEye(x, y);
      if (isDark && from === -1) from = x;
      if (!isDark && from !== -1) {
        path += `M${from} ${y}h${x - from}v1H${from}z`;
        from = -1;
      }
    }
  }
  return { path, size, eyes };
}

/** The code as a picture to save, drawn on a canvas with `caption` below; null where there is no canvas. */
export function qrPicture(text: string, caption: string): Promise<Blob | null> {
  const code = codeOf(text, 3);
  const unit = Math.floor(960 / code.size);
  const side = unit * code.size;
  const canvas = document.createElement("canvas");
  canvas.width = side;
  canvas.height = side + 110;
  const context = canvas.getContext("2d");
  if (context === null) return Promise.resolve(null);
  context.fillStyle = "#fffdf8";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = "#1b1a17";
  for (const [y, line] of code.data.entries()) {
    for (const [x, isDark] of line.entries()) if (isDark) context.fillRect(x * unit, y * unit, unit, unit);
  }
  context.font = "600 46px serif";
  context.textAlign = "center";
  context.fillText(caption, side / 2, side + 52, side - 48);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}
