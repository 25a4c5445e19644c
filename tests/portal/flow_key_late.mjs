// SPDX-License-Identifier: ISC
//
// flow_key_late: a program that checks keys does not say that it knows of a change:
// that is told, of each kind of change, and asked again until it is true everywhere.

import { walk } from "./walk.mjs";

// The answer does not wait for who is silent.
const inVain = (route) => route.continue({ headers: {
	...route.request().headers(), prefer: "wait=0" } });

const rotate = async (it, dialog) => {
	await it.page.getByRole("button", { name: "Rotate" }).click();
	await dialog.getByLabel("Not at all").check();
	await dialog.getByLabel("Your password").fill(it.password);
	await dialog.getByRole("button", { name: "Make a new secret" }).click();
	await dialog.getByText("Not confirmed everywhere yet").waitFor();
	it.keepSecret((await dialog.locator("pre").first().textContent()).trim());
	await it.look("late-rotation");
	await dialog.getByRole("button", { name: "Copy the key" }).click();
	await dialog.getByRole("button", { name: "Done" }).click();
};

const disable = async (it, dialog) => {
	await it.page.getByRole("button", { name: "Disable" }).click();
	await dialog.getByRole("button", { name: "Disable" }).click();
	await dialog.getByText("Not every program").waitFor();
	await it.announced("is disabled, but not confirmed yet");
	await it.look("late-disabled");
	await dialog.getByRole("button", { name: "Close", exact: true }).last()
		.click();
};

await walk(async (it) => {
	const { page } = it;
	const dialog = page.getByRole("dialog");
	const path = `/keys/${it.more.id}`;

	await it.signIn(path);
	await it.heading("Slow to go");
	await page.route("**/hasp/v1/keys/**", inVain);
	await rotate(it, dialog);
	await disable(it, dialog);
	await page.getByRole("button", { name: "Revoke" }).click();
	await dialog.getByText("This cannot be taken back").waitFor();
	await page.getByRole("button", { name: "Revoke for good" }).click();
	await dialog.getByText("Not every program").waitFor();
	await it.announced("is revoked, but not confirmed yet");
	await it.look("late");
	await page.unroute("**/hasp/v1/keys/**", inVain);
	it.expect(409, path);
	await dialog.getByRole("button", { name: "Ask again" }).click();
	await it.announced("No request with it is let in any more");
	await dialog.waitFor({ state: "detached" });
	await page.getByText("This key is revoked for good").waitFor();
});
