// SPDX-License-Identifier: ISC
//
// flow_key_look: who does not administer the account looks at its keys.

import { check, walk } from "./walk.mjs";

await walk(async (it) => {
	const { page } = it;

	await it.signIn("/keys");
	await page.getByText("1 key.").waitFor();
	await page.getByText("You may look at keys").waitFor();
	check(await page.locator("main button").count() === 0,
		"there is a button");
	await it.look("list");
	await page.getByRole("link", { name: "Somebody's" }).click();
	await it.heading("Somebody's");
	await it.heading("Secrets");
	check(await page.getByRole("button", { name: /Rotate|Revoke|Change/ })
		.count() === 0, "there is a button");
	await it.look("detail");
});
