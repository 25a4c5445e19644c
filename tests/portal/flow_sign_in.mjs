// SPDX-License-Identifier: ISC
//
// flow_sign_in: a person signs in with a password and signs out; a session that
// ends meanwhile leads back to the page it ended on.

import { check, walk } from "./walk.mjs";

const signingIn = async (it) => {
	it.expect(401, "/session");
	await it.open("/account");
	await it.heading("Sign in to Hasp");
	await it.look("sign-in");

	await it.enter(it.email, "not the password");
	await it.page.getByRole("alert").waitFor();
	await it.look("sign-in-refused");

	await it.enter(it.email, it.password);
	await it.heading("Account");
	check(it.page.url().endsWith("#/account"), "another page came");
};

// The cookie is gone, as when the session ran out.
const sessionEnding = async (it) => {
	await it.page.context().clearCookies();
	it.expect(401, "/account", { maybe: true });
	it.expect(401, "/members", { maybe: true });
	await it.go("/security");
	await it.heading("Your sign-in");
	await it.go("/account");
	await it.heading("Sign in to Hasp");
	await it.page.getByText("Your session has ended").waitFor();
	await it.look("session-ended");
	await it.enter(it.email, it.password);
	await it.heading("Account");
};

await walk(async (it) => {
	const { page } = it;

	await signingIn(it);
	await sessionEnding(it);
	await it.open("/nowhere");
	await it.heading("There is no such page");
	await it.look("not-found");

	if (it.mode === "phone")
		await page.getByRole("button", { name: "Menu" }).click();
	await it.look("navigation");
	await page.getByRole("button", { name: "Sign out" }).click();
	await it.heading("Sign in to Hasp");
	check(await page.getByText("Your session has ended").count() === 0,
		"it says that the session ended, and somebody signed out");
	await it.go("/account");
	await it.heading("Sign in to Hasp");
});
