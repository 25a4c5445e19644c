// SPDX-License-Identifier: ISC
//
// flow_key_legacy: a legacy key is made, with a warning before and after; where the
// account's policy refuses them, none can be chosen. The dialog with the key's text
// is left by a reload.

import { check, walk } from "./walk.mjs";

await walk(async (it) => {
	const { page } = it;
	const dialog = page.getByRole("dialog");

	await it.signIn("/keys");
	await page.getByRole("button", { name: "New key" }).click();
	const legacy = dialog.getByLabel("Legacy API key");
	await dialog.getByText(it.more.refuses ? "Not made any more since" :
		"expected to end on Jun 30, 2031").waitFor();
	check(await legacy.isDisabled() === it.more.refuses,
		"the policy is another one");
	if (it.more.refuses) {
		await it.look("refused");
		return;
	}
	await legacy.check();
	await dialog.getByText("Legacy keys come to an end").waitFor();
	await it.look("warned");
	await dialog.getByLabel("Name").fill("Old till");
	await dialog.getByLabel("Your password").fill(it.password);
	await dialog.getByRole("button", { name: "Make the key" }).click();
	await dialog.getByText("Keys of the kind api_key are deprecated")
		.waitFor();
	const text = (await dialog.locator("pre").first().textContent()).trim();
	it.keepSecret(text);
	await it.look("made");

	// The browser itself asks before the page goes.
	const asked = page.waitForEvent("dialog");
	const reloaded = page.reload();
	const question = await asked;
	check(question.type() === "beforeunload", "the browser does not ask");
	await question.accept();
	await reloaded;
	await page.getByText("Legacy keys are deprecated").waitFor();
	check(await dialog.count() === 0 && !(await page.content())
		.includes(text), "a reload brings the key");
});
