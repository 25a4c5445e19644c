// SPDX-License-Identifier: ISC
//
// flow_key_change: a person changes a key, whom somebody else is quicker than;
// disables it and enables it.

import { check, focusOn, walk } from "./walk.mjs";

const open = async (it) => {
	await focusOn(it.page, "Change");
	await it.page.keyboard.press("Enter");
	await it.page.getByRole("dialog").getByLabel("Name").waitFor();
};

// As somebody else does, in another window.
const rename = async (it, path, name) => {
	const other = await it.page.context().newPage();
	await other.goto(`${it.url}/hasp/favicon.svg`);
	const status = await other.evaluate(async ([url, to]) => {
		const session = await (await fetch("/hasp/v1/session")).json();
		const answer = await fetch(url, {
			method: "PATCH", body: JSON.stringify({ name: to }), headers: {
				"Content-Type": "application/json",
				"X-CSRF-Token": session.csrf_token } });
		return answer.status;
	}, [`/hasp/v1${path}`, name]);
	check(status === 200, `renaming gave ${status}`);
	await other.close();
};

await walk(async (it) => {
	const { page } = it;
	const { keyboard } = page;
	const dialog = page.getByRole("dialog");
	const path = `/keys/${it.more.id}`;

	await it.signIn(path);
	await page.getByText("It expires in").waitFor();
	await open(it);
	check(await dialog.getByText("Your password").count() === 0,
		"a proof is asked for before there is a change");
	await it.look("change");
	await focusOn(page, "Name");
	await keyboard.press("End");
	await keyboard.type(" at 2");
	await keyboard.press("Enter");
	await it.announced("Nightly job at 2 is changed");
	await it.heading("Nightly job at 2");

	await open(it);
	await dialog.getByLabel("admin", { exact: true }).check();
	await dialog.getByLabel("365 days").check();
	await dialog.getByText("This gives the key more than it had").waitFor();
	await it.look("change-more");
	await dialog.getByLabel("Your password").fill(it.password);
	await keyboard.press("Enter");
	await dialog.waitFor({ state: "detached" });
	await page.getByText("in 12 months").first().waitFor();

	// It looks like less, but the range holds another one.
	await open(it);
	await dialog.getByLabel("Networks").fill("192.0.2.0/25");
	await rename(it, path, "Renamed meanwhile");
	it.expect(412, path);
	await dialog.getByLabel("Your password").fill(it.password);
	await dialog.getByRole("button", { name: "Save" }).click();
	await dialog.getByText("Somebody changed it meanwhile").waitFor();
	await it.look("conflict");
	await dialog.getByRole("button", { name: "Read it again" }).click();
	await page.waitForFunction(() => document.querySelector("dialog input")
		.value === "Renamed meanwhile");
	await keyboard.press("Escape");
	await dialog.waitFor({ state: "detached" });

	await page.getByRole("button", { name: "Disable" }).click();
	await dialog.getByText("until it is enabled again").waitFor();
	await it.look("disable");
	await focusOn(page, "Disable");
	await keyboard.press("Enter");
	await it.announced("is disabled");
	await page.getByText("This key is disabled").waitFor();
	await it.look("disabled");
	await page.getByRole("button", { name: "Enable" }).click();
	await it.announced("is enabled");
	await page.getByText("This key is disabled").waitFor({ state: "detached" });
});
