// SPDX-License-Identifier: ISC
//
// flow_key_limit: an account gets to the number of keys that its plan allows.

import { until, walk } from "./walk.mjs";

await walk(async (it) => {
	const { page } = it;
	const dialog = page.getByRole("dialog");
	const make = page.getByRole("button", { name: "New key" });

	await it.signIn("/keys");
	await page.getByText("1 key.").waitFor();
	await make.click();
	await dialog.getByLabel("Name").fill("The second");
	await dialog.getByLabel("another").check();
	await dialog.getByLabel("Name of the environment").fill("moon");
	await dialog.getByLabel("Your password").fill(it.password);
	it.expect(422, "/keys");
	await dialog.getByRole("button", { name: "Make the key" }).click();
	await dialog.getByText("There is no such environment").waitFor();
	await it.look("no-environment");
	await dialog.getByLabel("test").check();
	await dialog.getByRole("button", { name: "Make the key" }).click();
	await it.heading("Key made");
	const text = (await dialog.locator("pre").first().textContent()).trim();
	it.keepSecret(text);
	await dialog.getByRole("button", { name: "Copy the key" }).click();
	await dialog.getByRole("button", { name: "Done" }).click();
	await page.getByText("The account has 2 of the 2 keys").waitFor();
	await until(() => make.isDisabled(), "the plan allows no more");
	await it.look("limit");
});
