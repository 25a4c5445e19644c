// SPDX-License-Identifier: ISC
//
// flow_account: an administrator looks at the account, says who may manage keys, and
// adds, changes and removes members; the new member signs in and sees little.

import { check, walk } from "./walk.mjs";

const EMAIL = "new.member@example.org";

const prove = async (it, button) => {
	await it.page.getByLabel("Your password").fill(it.password);
	await it.page.getByRole("dialog").getByRole("button", { name: button })
		.click();
};

const identity = async (it) => {
	await it.page.getByRole("heading", { name: "Members" }).waitFor();
	await it.page.getByRole("table", { name: "Members" }).waitFor();
	await it.look("account");
	await it.page.getByRole("button", { name: "Copy account id" }).click();
	await it.announced("Copied account id");
	const copied = await it.page.evaluate(() =>
		navigator.clipboard.readText());
	check(copied === String(it.account), `copied ${copied}`);
};

const machineKeys = async (it) => {
	const { page } = it;
	await page.getByRole("button", { name: /^Let (only people|admin keys)/ })
		.waitFor();
	const before = await page.getByRole("button",
		{ name: "Let only people" }).count() > 0;
	const words = before ? ["Let only people", "Let admin keys"] :
		["Let admin keys", "Let only people"];
	await page.getByRole("button", { name: words[0] }).click();
	await it.look("machine-keys");
	await prove(it, words[0]);
	await page.getByRole("dialog").waitFor({ state: "detached" });
	await page.getByRole("button", { name: words[1] }).waitFor();
};

// The first password of a new member.
const add = async (it) => {
	const { page } = it;
	await page.getByRole("button", { name: "Add a member" }).click();
	await it.look("member-add");
	it.expect(422, "/members");
	await page.getByLabel("Email").fill("nonsense");
	await prove(it, "Add the member");
	await page.locator("dialog [aria-invalid]").waitFor();
	await it.look("member-add-wrong");
	it.expect(409, "/members");
	await page.getByLabel("Email").fill(it.email);
	await prove(it, "Add the member");
	await page.getByText("exists already").waitFor();
	await page.getByLabel("Email").fill(EMAIL);
	await prove(it, "Add the member");
	await it.heading("The member is added");
	const password = await page.locator(".secret code").innerText();
	it.keepSecret(password);
	await it.look("member-added");
	await page.getByRole("button", { name: "Done" }).click();
	await page.getByRole("alertdialog").waitFor();
	await page.getByRole("button", { name: "Close anyway" }).click();
	await page.getByRole("dialog").waitFor({ state: "detached" });
	await page.getByRole("rowheader", { name: EMAIL }).waitFor();
	return password;
};

const change = async (it) => {
	const { page } = it;
	it.expect(409, `/members/${it.more.member}`);
	await page.getByRole("button", { name: `Remove ${it.email}` }).click();
	await prove(it, "Remove");
	await page.getByText("nobody left to administer").waitFor();
	await it.look("last-admin");
	await page.getByRole("button", { name: "Cancel" }).click();

	for (const [name, said] of [["Let administer", "may administer"],
		["Take administration", "may not administer"]]) {
		await page.getByRole("button", { name: `${name}: ${EMAIL}` }).click();
		await prove(it, name);
		await it.announced(`${EMAIL} ${said}`);
		await page.getByRole("dialog").waitFor({ state: "detached" });
	}
};

// What somebody sees who may not administer the account.
const asMember = async (it, password) => {
	const { page } = it;
	await page.context().clearCookies();
	await it.open("/");
	await it.enter(EMAIL, password);
	await it.heading("Account");
	await it.look("account-of-a-member");
	await it.go("/keys");
	await it.heading("This page is for administrators");
	await it.look("for-administrators");
};

const remove = async (it) => {
	const { page } = it;
	await page.context().clearCookies();
	await it.open("/account");
	await it.enter(it.email, it.password);
	await page.getByRole("button", { name: `Remove ${EMAIL}` }).click();
	await it.look("member-remove");
	await prove(it, "Remove");
	await it.announced(`${EMAIL} is removed`);
	await page.getByRole("rowheader", { name: EMAIL })
		.waitFor({ state: "detached" });
};

await walk(async (it) => {
	await it.signIn("/account");
	await identity(it);
	await machineKeys(it);
	const password = await add(it);
	await change(it);
	await asMember(it, password);
	await remove(it);
});
