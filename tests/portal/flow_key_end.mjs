// SPDX-License-Identifier: ISC
//
// flow_key_end: both secrets of a key are used; the old one is ended all the same.

import { walk } from "./walk.mjs";

await walk(async (it) => {
	const { page } = it;
	const dialog = page.getByRole("dialog");

	await it.signIn(`/keys/${it.more.id}`);
	await it.heading("Rotation under way");
	await page.getByText("Used 2 hours ago: not silent yet").waitFor();
	await page.getByText("2001:db8::7").first().waitFor();
	await it.look("both-used");
	await page.getByRole("button", { name: "Refresh" }).click();
	await page.getByRole("button", { name: "End the old secret" }).click();
	await dialog.getByText("Used 2 hours ago: not silent yet").waitFor();
	it.expect(409, `/keys/${it.more.id}/secrets/1`);
	await page.getByRole("button", { name: "End it" }).click();
	await dialog.getByRole("alert").getByText("secret_in_use").waitFor();
	await it.look("in-use");
	await page.getByLabel("End it all the same").check();
	await page.getByRole("button", { name: "End it" }).click();
	await it.announced("No request with it is let in any more");
	await dialog.waitFor({ state: "detached" });
});
