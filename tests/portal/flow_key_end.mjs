// SPDX-License-Identifier: ISC
//
// flow_key_end: both secrets of a key are used; the old one is ended all the same.

import { walk } from "./walk.mjs";

// As if the last use had not arrived yet.
const before = async (route) => {
	const answer = await route.fetch();
	const key = await answer.json();
	key.secrets[1].safe_to_end = true;
	await route.fulfill({ response: answer, json: key });
};

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
	await page.getByRole("button", { name: "End it" }).click();
	await dialog.getByText("Tick this").waitFor();
	await it.look("not-forced");
	await page.keyboard.press("Escape");
	await dialog.waitFor({ state: "detached" });

	await page.route(`**/hasp/v1/keys/${it.more.id}`, before);
	await page.getByRole("button", { name: "Refresh" }).click();
	await page.getByText("Silent for 24 hours").waitFor();
	await page.getByRole("button", { name: "End the old secret" }).click();
	it.expect(409, `/keys/${it.more.id}/secrets/1`);
	await page.getByRole("button", { name: "End it" }).click();
	await dialog.getByRole("alert").getByText("secret_in_use").waitFor();
	await it.look("in-use");
	await page.getByLabel("End it all the same").check();
	await page.getByRole("button", { name: "End it" }).click();
	await it.announced("No request with it is let in any more");
	await dialog.waitFor({ state: "detached" });
});
