// SPDX-License-Identifier: ISC
//
// flow_sign_in: a person signs in with a password, sees every page, and signs
// out.

import { check, walk } from "./walk.mjs";

await walk(async (it) => {
	const { page } = it;

	it.expect(401, "/session");
	await it.open("/account");
	await it.heading("Sign in to Hasp");
	await it.look("sign-in");

	await it.enter(it.email, "not the password");
	await page.getByRole("alert").waitFor();
	await it.look("sign-in-refused");

	await it.enter(it.email, it.password);
	await it.heading("Account");
	check(page.url().endsWith("#/account"), "another page came");

	if (it.mode === "phone")
		await page.getByRole("button", { name: "Menu" }).click();
	await it.look("navigation");
	await page.getByRole("button", { name: "Sign out" }).click();
	await it.heading("Sign in to Hasp");
});
