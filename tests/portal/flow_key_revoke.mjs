// SPDX-License-Identifier: ISC
//
// flow_key_revoke: a person revokes a key that is used, whose name has to be typed,
// with the keyboard alone; then one that is not.

import { check, focusOn, walk } from "./walk.mjs";

const revokeUsed = async (it) => {
	const { page } = it;
	const { keyboard } = page;
	const dialog = page.getByRole("dialog");

	await focusOn(page, "Revoke In use");
	await keyboard.press("Enter");
	await dialog.getByText("3 hours ago").waitFor();
	await dialog.getByText("2001:db8::25").waitFor();
	await it.look("revoke-used");
	await focusOn(page, "Type In use to confirm");
	await keyboard.type("in us");
	await keyboard.press("Enter");
	await dialog.getByText("This is not the name of the key").waitFor();
	await it.look("revoke-other-name");
	await keyboard.press("Control+A");
	await keyboard.type("In use");
	await focusOn(page, "Reason (optional)");
	await keyboard.type("The program was replaced");
	await focusOn(page, "Revoke for good");
	await keyboard.press("Enter");
	await it.announced("In use is revoked. No request with it is let in");
	await dialog.waitFor({ state: "detached" });
};

await walk(async (it) => {
	const { page } = it;
	const dialog = page.getByRole("dialog");

	await it.signIn("/keys");
	await page.getByText("3 keys.").waitFor();
	await revokeUsed(it);
	const row = page.getByRole("row", { name: /In use/ });
	await row.getByText("Revoked").waitFor();
	check(await row.getByRole("button").count() === 0,
		"a revoked key has buttons");
	await it.look("revoked");

	await page.getByRole("button", { name: "Revoke Never used" }).click();
	await dialog.getByText("This cannot be taken back").waitFor();
	check(await dialog.getByLabel(/to confirm/).count() === 0,
		"the name of a key that was never used is asked for");
	await it.look("revoke-plain");
	await page.getByRole("button", { name: "Revoke for good" }).click();
	await it.announced("Never used is revoked");

	await it.go(`/keys/${it.more.silent}`);
	await it.heading("Silent");
	await page.getByRole("button", { name: "Revoke" }).click();
	await dialog.getByText("This cannot be taken back").waitFor();
	await page.keyboard.press("Escape");
	await dialog.waitFor({ state: "detached" });

	await it.go(`/keys/${it.more.id}`);
	await it.heading("In use");
	await page.getByText("This key is revoked for good").waitFor();
	await page.getByText("Reason: The program was replaced").waitFor();
	await it.heading("Secrets");
	await it.look("revoked-detail");
});
