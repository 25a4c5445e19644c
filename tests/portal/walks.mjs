// SPDX-License-Identifier: ISC
//
// walks: runs flows in one browser, each with a profile of its own. A line on
// standard input is a flow with who walks it, as JSON (see walk.mjs); a line on
// standard output is what went wrong, or null.
//
// Usage: node walks.mjs CHROMIUM

import { createInterface } from "node:readline";

import { runFlow, start, stop } from "./walk.mjs";

await start(process.argv[2]);
for await (const line of createInterface({ input: process.stdin })) {
	const wrong = await runFlow(JSON.parse(line)).catch((error) =>
		error.stack ?? String(error));
	process.stdout.write(`${JSON.stringify(wrong)}\n`);
}
await stop();
