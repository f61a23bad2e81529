/**
 * A QR code on letter paper: dark on paper in both themes, level H, the seal in the middle.
 */
import { encode } from "uqr";
import { useMemo } from "preact/hooks";
import { Stamp } from "./mark.tsx";

type QrProps = { readonly text: string; readonly label: string; readonly testId?: string };

const quiet = 1; // The frame around it brings the rest of the quiet zone.

export function Qr({ text, label, testId }: QrProps) {
  const { path, size } = useMemo(() => draw(text), [text]);
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
        <path d={path} fill="#1b1a17" />
      </svg>
      <span class="qr-logo">
        <Stamp />
      </span>
    </div>
  );
}

function draw(text: string): { path: string; size: number } {
  const code = encode(text, { ecc: "H", border: quiet });
  let path = "";
  for (const [y, line] of code.data.entries()) {
    // One stroke a run: thousands of squares fewer than one each.
    let from = -1;
    for (let x = 0; x <= line.length; x += 1) {
      if (line[x] === true && from === -1) from = x;
      if (line[x] !== true && from !== -1) {
        path += `M${from} ${y}h${x - from}v1H${from}z`;
        from = -1;
      }
    }
  }
  return { path, size: code.size };
}

/** The code as a picture to keep: drawn on a canvas, with a name under it. */
export function qrPicture(text: string, caption: string): Promise<Blob | null> {
  const code = encode(text, { ecc: "H", border: 3 });
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
