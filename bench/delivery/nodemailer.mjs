// Sends one mail many times by nodemailer's pool and says how many seconds that took.
// node nodemailer.mjs FOLDER_WITH_NODE_MODULES ORDER.json; an order holds either `raw`, a message ready to go,
// or `issue`: both parts with the places in them that are each reader's own, to be set and signed.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [folder, path] = process.argv.slice(2);
const nodemailer = createRequire(join(folder, "x.js"))("nodemailer");
const order = JSON.parse(readFileSync(path, "utf8"));

const transport = nodemailer.createTransport({
  pool: true,
  host: "127.0.0.1",
  port: order.port,
  secure: false,
  ignoreTLS: true,
  maxConnections: order.connections,
  maxMessages: Infinity,
  ...(order.dkim && { dkim: order.dkim }),
});

const raw = order.raw && Buffer.from(order.raw, "base64");
const split = (text) => text.split(/\ue000|\ue001/);
const fill = (parts, values) => parts.map((part, at) => (at % 2 ? (values[part] ?? "") : part)).join("");
const html = order.issue && split(order.issue.html);
const text = order.issue && split(order.issue.text);

function whole(number) {
  const link = `${order.issue.site}/leave/${String(number).padStart(22, "x")}`;
  const values = {
    reader_name: `Ann Li ${number}`,
    greeting: `Good morning, Ann Li ${number}`,
    leave_url: link,
    preferences_url: link.replace("leave", "preferences"),
    why: order.issue.why,
  };
  const address = `reader${number}@d${number % 500}.example`;
  return {
    from: { name: order.issue.title, address: order.from },
    to: { name: `Ann Li ${number}`, address },
    subject: order.issue.subject,
    messageId: `<daily.1.${number}@${order.from.split("@")[1]}>`,
    envelope: { from: `bounces+1.${number}@${order.from.split("@")[1]}`, to: address },
    headers: { "List-Unsubscribe": `<${link}>`, ...order.issue.headers },
    html: fill(html, values),
    text: fill(text, values),
    textEncoding: "quoted-printable",
  };
}

const mail = raw
  ? () => ({ raw, envelope: { from: order.from, to: order.to } })
  : whole;

let left = order.messages;
async function lane() {
  while (left > 0) await transport.sendMail(mail(left--));
}

const began = performance.now();
await Promise.all(Array.from({ length: order.connections * 2 }, lane));
console.log((performance.now() - began) / 1000);
transport.close();
