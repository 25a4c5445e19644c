// SPDX-License-Identifier: ISC
//
// flow_refused: somebody pastes the id of a request, with and without what stands
// around it, and is told why it was refused, and what to do.

import { check, until, walk } from "./walk.mjs";

const ask = async (it, text) => {
	await it.page.getByRole("textbox", { name: "Request id" }).fill(text);
	await it.page.keyboard.press("Enter");
};

// A real request, pasted as the client's error message has it.
const real = async (it) => {
	const { page } = it;
	const { request } = it.more;
	await ask(it, JSON.stringify({ code: "key_revoked",
		request_id: request, status: 401 }));
	await it.heading("Key revoked");
	await page.getByText("What to do", { exact: true }).waitFor();
	await page.getByText("Old importer").waitFor();
	await it.look("refused");
	check(page.url().endsWith(`#/refused?request=${request}`), page.url());
	await page.getByRole("button", { name: "Copy request id" }).click();
	await it.announced("Copied request id");
	const copied = await page.evaluate(() => navigator.clipboard.readText());
	check(copied === request, `copied ${copied}`);
	await page.reload();
	await it.heading("Key revoked");
};

// One without a key: it belongs to nobody, and whoever has its id is told.
const nobodys = async (it) => {
	await ask(it, `X-Request-Id: ${it.more.nobody}`);
	await it.heading("Password blank");
	await it.look("refused-nobody");
};

const several = async (it) => {
	const { page } = it;
	await ask(it, it.more.several);
	await it.heading("Role insufficient");
	await it.heading("Other entries of the same request");
	const rows = page.getByRole("table",
		{ name: "Other entries of the same request" }).locator("tbody tr");
	await until(async () => await rows.count() === 2, "not both of the others are there");
	await page.getByText("(asked again)").waitFor();
	await it.look("refused-several");
	// An entry leads back to all of its request.
	await rows.first().getByRole("link").click();
	await it.heading("Entry of the log");
	await page.getByRole("link", { name: "All entries of the same request" })
		.click();
	await it.heading("Other entries of the same request");
};

const unknown = async (it) => {
	it.expect(404, `/audit-events/${it.more.unknown}`);
	await ask(it, it.more.unknown);
	await it.heading("Nothing is known of this request");
	await it.look("refused-unknown");
	await it.page.getByRole("button", { name: "Look again" }).click();
	await it.heading("Nothing is known of this request");
};

// What looks like a key is not sent, nor does it get into the address.
const notAKey = async (it) => {
	it.keepSecret(it.more.key);
	await ask(it, it.more.key);
	await it.page.getByText("it was not sent anywhere").waitFor();
	await it.look("refused-key");
	await ask(it, "");
	await it.page.getByText("it was not sent anywhere").waitFor();
};

await walk(async (it) => {
	await it.signIn("/refused");
	await it.heading("Why was I refused?");
	await it.look("ask");
	await real(it);
	await nobodys(it);
	await several(it);
	await unknown(it);
	await notAKey(it);
});
