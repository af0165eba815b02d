// Judges a file: node examples/javascript.mjs FILE REPORT.pdf
// TELLTALE_URL and TELLTALE_TOKEN say where and as whom. Nothing to install: Node 20 has fetch.
import { randomUUID } from "node:crypto";
import { openAsBlob } from "node:fs";
import { writeFile } from "node:fs/promises";

const [file, report] = process.argv.slice(2);
const { TELLTALE_URL: url, TELLTALE_TOKEN: token } = process.env;

/** A call; what goes wrong is thrown with the server's own sentence and reason. */
async function call(path, options = {}) {
  const headers = { Authorization: `Bearer ${token}`, ...options.headers };
  const response = await fetch(`${url}/v1/${path}`, { ...options, headers });
  if (response.ok) return response;
  const { message, details } = await response.json();
  throw new Error(`${details?.[0]?.reason}: ${message}`);
}

/** Objects of an answer that comes line by line, each as soon as it is here. */
async function* lines(response) {
  let rest = "";
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\n");
    rest = parts.pop();
    for (const line of parts) if (line) yield JSON.parse(line);
  }
}

// 1. The file is the body. The key makes it safe to send the same again when the connection breaks.
const requestId = randomUUID();
const upload = { method: "POST", body: await openAsBlob(file) };
const media = await (await call(`media?requestId=${requestId}`, upload)).json();
console.log("stored:", media.name);

// 2. Ask for an analysis; the answer is an operation, at once.
const order = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ media: media.name, requestId }) };
const operation = await (await call("analyses", order)).json();

// 3. Watch it until it is done.
let last = operation;
for await (last of lines(await call(`${operation.name}:watch`))) console.log("under way:", last.metadata.state);
if (last.error) throw new Error(last.error.message);

// 4. The report to keep.
const answer = await call(`${last.metadata.analysis}/report?format=REPORT_FORMAT_PDF`);
await writeFile(report, Buffer.from(await answer.arrayBuffer()));
console.log(last.response.verdict.label);
