// SPDX-License-Identifier: ISC
//
// flow_own_app: an administrator makes an app of the account, gives it a new secret
// and removes it.

import { check, walk } from "./walk.mjs";

const prove = async (it) => {
	await it.page.getByLabel("Your password").fill(it.password);
	await it.page.keyboard.press("Enter");
};

// The secret that is shown; it is copied, and gone when the dialog is.
const take = async (it, name) => {
	const { page } = it;
	await it.heading("Secret of the app");
	const secret = await page.locator(".secret code").first().innerText();
	check(/^[a-z0-9]+_app_[0-9A-Za-z]{38}$/.test(secret), "that is no secret");
	it.keepSecret(secret);
	await it.look(name);
	await page.keyboard.press("Escape");
	await page.getByRole("alertdialog").waitFor();
	await page.getByRole("button", { name: "Go back" }).click();
	const [file] = await Promise.all([page.waitForEvent("download"),
		page.getByRole("button", { name: "Download .env" }).click()]);
	check(/^\.?env/.test(file.suggestedFilename()), file.suggestedFilename());
	await page.getByRole("button", { name: "Done" }).click();
	await page.getByRole("dialog").waitFor({ state: "detached" });
	check(!(await page.content()).includes(secret), "the secret is still there");
	return secret;
};

const make = async (it) => {
	const { page } = it;
	await page.getByRole("button", { name: "New app" }).focus();
	await page.keyboard.press("Enter");
	await page.getByLabel("Name").fill("Warehouse robot");
	await page.getByLabel("Home page").fill("nowhere");
	await it.look("own-create");
	it.expect(422, "/published-apps");
	await prove(it);
	await page.locator("dialog [aria-invalid]").waitFor();
	await it.look("own-create-wrong");
	await page.getByLabel("Home page").fill("https://robots.example/");
	await page.keyboard.press("Enter");
	const secret = await take(it, "own-secret");
	await it.heading("Warehouse robot");
	await page.getByText("Not connected yet").waitFor();
	return secret;
};

const rotate = async (it, before) => {
	const { page } = it;
	await page.getByRole("button", { name: "New secret" }).focus();
	await page.keyboard.press("Enter");
	await it.heading("New secret for Warehouse robot");
	await it.look("own-rotate");
	await prove(it);
	const after = await take(it, "own-rotated");
	check(after !== before, "the secret is the old one");
	await page.getByRole("row").filter({ hasText: "Number 2" }).waitFor();
	await it.look("own-app");
};

const remove = async (it) => {
	const { page } = it;
	await page.getByRole("button", { name: "Remove the app" }).focus();
	await page.keyboard.press("Enter");
	await it.heading("Remove Warehouse robot");
	await it.look("own-remove");
	await page.keyboard.press("Tab");
	await page.keyboard.press("Enter");
	await it.announced("Warehouse robot is removed");
	await page.getByRole("dialog").waitFor({ state: "detached" });
	await page.getByText("The app was removed", { exact: true }).waitFor();
	await it.look("own-removed");
	await page.getByRole("link", { name: "All apps" }).click();
	await page.getByRole("row").filter({ hasText: "Warehouse robot" })
		.getByText("Removed").waitFor();
	await it.look("own-list");
};

await walk(async (it) => {
	await it.signIn("/apps");
	await rotate(it, await make(it));
	await remove(it);
});
