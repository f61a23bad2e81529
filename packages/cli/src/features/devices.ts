/** Devices of the account, and what is told of those of others. */
import { catchUp } from "../context.ts";
import { cliFeature } from "../feature.ts";
import { nameOf, short } from "../line.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    "device.this": "this one",
    "line.device-added": "{who} added a device",
    "line.device-refused": "A device that {who} never listed was kept out",
    "line.account-frozen": "There are two versions of {who}’s account, so it is paused",
    "line.list-differs": "{who}’s list of devices reads differently here and elsewhere",
  },
  {
    "device.this": "这一台",
    "line.device-added": "{who}多了一台设备",
    "line.device-refused": "有一台设备不在{who}的名单上，没让它进来",
    "line.account-frozen": "{who}的账号有两份说法，先停一停",
    "line.list-differs": "{who}的设备名单，两处说的不一样",
  },
);

export const devices = cliFeature(words, {
  notices: {
    "device-added": (text, { who }) => text("line.device-added", { who: nameOf(text, who) }),
    "device-refused": (text, { who }) => text("line.device-refused", { who: nameOf(text, who) }),
    "account-frozen": (text, { who }) => text("line.account-frozen", { who: nameOf(text, who) }),
    "list-differs": (text, { who }) => text("line.list-differs", { who: nameOf(text, who) }),
  },
  commands: {
    devices: {
      help: { en: "my devices", zh: "我的设备" },
      async run(context) {
        const { answer, text, view } = context;
        await catchUp(context);
        const rows = view("devices");
        answer(
          rows.map(
            (row, i) =>
              `${i + 1}  ${row.name || row.made || short(row.device)}${row.isThis ? `  (${text("device.this")})` : ""}`,
          ),
          rows,
        );
      },
    },
  },
});
