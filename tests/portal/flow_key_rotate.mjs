// SPDX-License-Identifier: ISC
//
// flow_key_rotate: a person gives a key a new secret, and ends the old one, which
// was silent for a day; with the keyboard alone.

import { check, focusOn, walk } from "./walk.mjs";

await walk(async (it) => {
	const { page } = it;
	const { keyboard } = page;
	const dialog = page.getByRole("dialog");

	await it.signIn("/keys");
	await page.getByText("1 key.").waitFor();
	await focusOn(page, "Rotate Warehouse sync");
	await keyboard.press("Enter");
	await it.heading("Rotate Warehouse sync");
	check(await page.getByLabel("24 hours").isChecked(),
		"24 hours are not chosen");
	await it.look("rotate");
	await focusOn(page, "24 hours");
	await keyboard.press("ArrowUp");
	await keyboard.press("ArrowUp");
	await page.getByText("Programs fail until").waitFor();
	await it.look("rotate-now");
	await keyboard.press("ArrowDown");
	await focusOn(page, "Count from the first use of the new secret");
	await keyboard.press("Space");
	await focusOn(page, "Your password");
	await keyboard.type(it.password);
	await keyboard.press("Enter");

	await it.heading("New secret made");
	const text = (await dialog.locator("pre").first().textContent()).trim();
	it.keepSecret(text);
	await focusOn(page, "Done");
	await keyboard.press("Enter");
	await page.getByRole("alertdialog").waitFor();
	await focusOn(page, "Close anyway");
	await keyboard.press("Enter");
	await dialog.waitFor({ state: "detached" });
	const row = page.getByRole("row", { name: /Warehouse sync/ });
	await row.getByText(`...${text.slice(-4)}`).waitFor();
	await row.getByText("Rotating").waitFor();

	await page.getByRole("link", { name: "Warehouse sync" }).click();
	await it.heading("Rotation under way");
	await page.getByText("Silent for 24 hours: safe to end").waitFor();
	await page.getByText("1 hour after the new one is first used").first()
		.waitFor();
	await it.look("rotation");
	await focusOn(page, "End the old secret");
	await keyboard.press("Enter");
	await dialog.waitFor();
	await it.look("end");
	await focusOn(page, "End it");
	await keyboard.press("Enter");
	await it.announced("No request with it is let in any more");
	await dialog.waitFor({ state: "detached" });
	await page.getByRole("heading", { name: "Rotation under way" })
		.waitFor({ state: "detached" });
	await page.getByText("Ended", { exact: true }).waitFor();
	await it.look("ended");
});
