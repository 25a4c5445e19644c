// SPDX-License-Identifier: ISC
//
// flow_log_unsigned: the log of a new account, that no checkpoint covers yet.

import { walk } from "./walk.mjs";

await walk(async (it) => {
	await it.signIn("/audit");
	await it.page.getByText("not signed yet").waitFor();
	await it.page.getByText(/^The chain of/).click();
	await it.page.getByText("The operator has not").waitFor();
	await it.look("chain-unsigned");
});
