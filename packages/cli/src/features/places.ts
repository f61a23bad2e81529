/** Places in the terminal. */
import { cliFeature } from "../feature.ts";
import { plain } from "../line.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    "kind.location": "Location",
  },
  {
    "kind.location": "位置",
  },
);

export const places = cliFeature(words, {
  lines: {
    location: (text, { name, lat, lon }) => {
      const at = [lat, lon].flatMap((one) => one?.toFixed(6) ?? []).join(", ");
      return `[${text("kind.location")}] ${plain(name)} ${at}`.trim();
    },
  },
});
