// SPDX-License-Identifier: ISC
//
// flow_no_usage: there were no requests yet.

import { walk } from "./walk.mjs";

await walk(async (it) => {
	await it.signIn("/usage");
	await it.heading("No requests in this time");
	await it.look("no-usage");
});
