// SPDX-License-Identifier: ISC
//
// flow_connect: an administrator approves a connect code, by keyboard alone, makes a
// token by hand and revokes it.

import { check, focused, until, walk } from "./walk.mjs";

const INSPECTION = "/connect-codes/inspection";

const dialog = (it) => it.page.getByRole("dialog");

const gone = (it) => dialog(it).waitFor({ state: "detached" });

// The last one is answered: until then the form takes no other.
const enter = async (it, code) => {
	await it.page.locator("[type=submit]:not([aria-disabled])").waitFor();
	await it.page.getByLabel("Connect code", { exact: true }).fill(code);
	await it.page.keyboard.press("Enter");
};

// Codes that cannot be approved; each is told for what it is.
const wrongCodes = async (it) => {
	const { page } = it;
	await it.heading("No app is connected");
	await it.look("apps-none");
	await page.getByRole("button", { name: "Approve a connect code" }).click();
	await it.look("connect-code");
	for (const [code, status, text] of [["nonsense", 404, "no such connect code"],
		[it.more.unknown, 404, "no such connect code"],
		[it.more.expired, 410, "has expired"],
		[it.more.foreign, 403, "made for another account"]]) {
		it.expect(status, INSPECTION);
		await enter(it, code);
		await page.getByText(text).waitFor();
	}
	await it.look("connect-code-refused");
	await page.keyboard.press("Escape");
	await gone(it);
};

// Without the mouse, from the button on.
const approve = async (it) => {
	const { page } = it;
	await page.getByRole("button", { name: "Approve a connect code" }).focus();
	await page.keyboard.press("Enter");
	await focused(page.getByLabel("Connect code", { exact: true }));
	await page.keyboard.type(` ${it.more.code} `);
	await page.keyboard.press("Enter");
	await it.heading("Connect Ledger Sync");
	await focused(page.locator("input[type=radio]:checked"));
	await page.getByText("asks for access to").waitFor();
	check(await page.getByRole("radio").count() === 2,
		"more than what was asked for can be chosen");
	check(await page.getByRole("radio", { name: "write" }).isChecked(),
		"what was asked for is not proposed");
	await it.look("connect");
	it.expect(401, "/session/reauthentication");
	await page.getByLabel("Your password").focus();
	await page.keyboard.type("not it");
	await page.keyboard.press("Enter");
	await page.locator("dialog [aria-invalid]").waitFor();
	await it.look("connect-refused");
	await page.keyboard.press("Shift+Tab");
	await page.keyboard.press("ArrowUp");
	await until(() => page.getByRole("radio", { name: "read" }).isChecked(),
		"the arrow keys do not choose");
	await page.keyboard.press("ArrowDown");
	await page.getByLabel("Your password").fill(it.password);
	await page.keyboard.press("Enter");
	await it.announced("Ledger Sync is connected");
	await gone(it);
	await it.heading("Ledger Sync");
	await page.getByText("write, live").waitFor();
	await it.look("app");
};

// A code that counted, and one for what is connected already.
const again = async (it) => {
	const { page } = it;
	await it.go("/apps");
	await it.heading("Connected apps");
	await page.getByRole("button", { name: "Approve a connect code" }).click();
	it.expect(409, INSPECTION);
	await enter(it, it.more.code);
	await page.getByText("was used already").waitFor();
	await enter(it, it.more.second);
	await it.heading("Connect Ledger Sync");
	it.expect(409, `/apps/${it.more.guid}/connection`);
	await page.getByLabel("Your password").fill(it.password);
	await page.keyboard.press("Enter");
	await page.getByText("The account is connected to this app.").waitFor();
	await it.look("connect-again");
	await page.keyboard.press("Escape");
	await gone(it);
	await page.getByRole("button", { name: "Copy GUID of Ledger Sync" })
		.click();
	await it.announced("Copied GUID of Ledger Sync");
	const copied = await page.evaluate(() => navigator.clipboard.readText());
	check(copied === it.more.guid, `copied ${copied}`);
	await it.look("apps");
};

const makeToken = async (it) => {
	const { page } = it;
	await page.getByRole("link", { name: "Ledger Sync" }).click();
	await page.getByRole("button", { name: "Make a token" }).focus();
	await page.keyboard.press("Enter");
	await focused(page.getByLabel("Name"));
	check(await page.getByRole("radio", { name: "admin" }).count() === 0,
		"a token can have more than the connection");
	await page.keyboard.type("Office printer");
	await it.look("token-create");
	await page.getByLabel("Your password").fill(it.password);
	await page.keyboard.press("Enter");
	await it.heading("Token made");
	const secret = await page.locator(".secret code").first().innerText();
	check(/^haspapp_live_[0-9A-Za-z]{38}$/.test(secret), "that is no token");
	it.keepSecret(secret);
	await it.look("token-secret");
	await page.keyboard.press("Escape");
	await page.getByRole("alertdialog").waitFor();
	await page.getByRole("button", { name: "Go back" }).click();
	await page.getByRole("button", { name: "Copy the token" }).click();
	await it.announced("Copied the token");
	const copied = await page.evaluate(() => navigator.clipboard.readText());
	check(copied === secret, "another text was copied");
	await page.getByRole("button", { name: "Done" }).click();
	await gone(it);
	await page.getByRole("rowheader", { name: /^Office printer/ }).waitFor();
	check(!(await page.content()).includes(secret), "the token is still there");
	await it.look("app-token");
};

const revokeToken = async (it) => {
	const { page } = it;
	await page.getByRole("button", { name: /^Revoke Office printer/ }).focus();
	await page.keyboard.press("Enter");
	await it.heading("Revoke Office printer");
	await page.getByLabel("Reason").fill("printer sold");
	await it.look("token-revoke");
	await page.keyboard.press("Enter");
	await it.announced("Office printer is revoked.");
	await gone(it);
	await page.getByRole("row").filter({ hasText: "Office printer" })
		.getByText("Revoked").waitFor();
};

await walk(async (it) => {
	for (const name of ["code", "second", "expired", "foreign", "unknown"])
		it.keepSecret(it.more[name]);
	await it.signIn("/apps");
	await wrongCodes(it);
	await approve(it);
	await again(it);
	await makeToken(it);
	await revokeToken(it);
});
