// SPDX-License-Identifier: ISC
//
// flow_key_late: a key is revoked while a program that checks keys is silent: that
// is told, and asked again until it is true everywhere.

import { walk } from "./walk.mjs";

await walk(async (it) => {
	const { page } = it;
	const dialog = page.getByRole("dialog");
	const path = `/keys/${it.more.id}`;
	const inVain = (route) => route.continue({ headers: {
		...route.request().headers(), prefer: "wait=0" } });

	await it.signIn(path);
	await it.heading("Slow to go");
	await page.getByRole("button", { name: "Revoke" }).click();
	await dialog.getByText("This cannot be taken back").waitFor();
	// The answer does not wait for who is silent.
	await page.route(`**/hasp/v1${path}`, inVain);
	await page.getByRole("button", { name: "Revoke for good" }).click();
	await dialog.getByText("Not every program").waitFor();
	await it.announced("not confirmed yet");
	await it.look("late");
	await page.unroute(`**/hasp/v1${path}`, inVain);
	it.expect(409, path);
	await dialog.getByRole("button", { name: "Ask again" }).click();
	await it.announced("No request with it is let in any more");
	await dialog.waitFor({ state: "detached" });
	await page.getByText("This key is revoked for good").waitFor();
});
