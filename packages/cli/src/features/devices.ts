/** The account's devices, and notices about other people's devices. */
import { catchUp } from "../context.ts";
import { cliFeature } from "../feature.ts";
import { nameOf, short } from "../line.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    "device.this": "this one",
    "notice.device-added": "{who} added a device",
    "notice.device-refused": "A device that {who} never listed was kept out",
    "notice.account-frozen":
      "{who}’s list of devices has two versions that contradict each other. Nothing is sent to them until that is settled",
    "notice.list-differs": "{who}’s list of devices reads differently here and elsewhere",
  },
  {
    "device.this": "这一台",
    "notice.device-added": "{who}多了一台设备",
    "notice.device-refused": "有一台设备不在{who}的名单上，没让它进来",
    "notice.account-frozen": "{who}的设备名单有两份，互相矛盾。弄清以前，先不给对方发",
    "notice.list-differs": "{who}的设备名单，两处说的不一样",
  },
);

export const devices = cliFeature(words, {
  notices: {
    "device-added": (text, { who }) => text("notice.device-added", { who: nameOf(text, who) }),
    "device-refused": (text, { who }) => text("notice.device-refused", { who: nameOf(text, who) }),
    "account-frozen": (text, { who }) => text("notice.account-frozen", { who: nameOf(text, who) }),
    "list-differs": (text, { who }) => text("notice.list-differs", { who: nameOf(text, who) }),
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
