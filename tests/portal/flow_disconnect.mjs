// SPDX-License-Identifier: ISC
//
// flow_disconnect: an administrator takes the access of an app back that is in use:
// it is said what stops, and its name has to be typed.

import { check, until, walk } from "./walk.mjs";

const refuseWrongName = async (it) => {
	const { page } = it;
	await page.getByText("This cannot be undone").waitFor();
	await page.getByText("2 tokens of Ledger Sync").waitFor();
	await it.look("disconnect");
	await page.getByLabel("Type Ledger Sync to confirm").fill("Ledger");
	await page.keyboard.press("Enter");
	await page.locator("dialog [aria-invalid]").waitFor();
	await it.look("disconnect-wrong-name");
};

const revoke = async (it) => {
	const { page } = it;
	await page.getByRole("button", { name: "Revoke access of Ledger Sync" })
		.focus();
	await page.keyboard.press("Enter");
	await it.heading("Revoke access of Ledger Sync");
	await refuseWrongName(it);
	await page.getByLabel("Reason").fill("not needed any more");
	await page.getByLabel("Type Ledger Sync to confirm").fill("Ledger Sync");
	await page.keyboard.press("Enter");
	await it.announced("The access of Ledger Sync is revoked.");
	await page.getByRole("dialog").waitFor({ state: "detached" });
	await it.heading("No app is connected");
};

const afterwards = async (it) => {
	const { page } = it;
	await page.getByLabel("Show").selectOption("Access revoked");
	await page.getByRole("link", { name: "Ledger Sync" }).waitFor();
	check(page.url().endsWith("#/apps?status=revoked"), page.url());
	await it.look("apps-revoked");
	await page.getByRole("link", { name: "Ledger Sync" }).click();
	await page.getByText("Its access is revoked").waitFor();
	await it.heading("Earlier connections");
	await page.getByText("Stopped").first().waitFor();
	check(await page.getByRole("button", { name: "Make a token" }).count() === 0,
		"a token can be made");
	await it.look("app-revoked");
	await page.getByRole("link", { name: "Its log" }).click();
	await it.heading("Audit log");
	await page.getByRole("link", { name: "Connection revoked" }).waitFor();
	await it.look("app-log");
};

const inUse = async (it) => {
	const { page } = it;
	await it.go(`/apps/${it.more.guid}`);
	await page.getByText("2 working tokens").waitFor();
	await until(async () =>
		await page.getByText("fetched by the app").count() === 2,
	"it is not told who made the tokens");
	await it.look("app-in-use");
	await page.getByRole("link", { name: "Its usage" }).click();
	await it.heading("Usage");
	await page.getByText("Let in").first().waitFor();
	await it.look("app-usage");
	await it.go("/apps");
};

await walk(async (it) => {
	await it.signIn("/apps");
	await it.heading("Connected apps");
	await inUse(it);
	await revoke(it);
	await afterwards(it);
	it.expect(404, "/apps/00000000-0000-4000-8000-000000000000");
	it.expect(404, "/apps/00000000-0000-4000-8000-000000000000/tokens");
	await it.go("/apps/00000000-0000-4000-8000-000000000000");
	await it.page.getByRole("alert").waitFor();
	it.expected.pop();
});
