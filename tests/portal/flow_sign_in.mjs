// SPDX-License-Identifier: ISC
//
// flow_sign_in: a person signs in with a password and signs out; a session that
// ends meanwhile leads back to the page it ended on, and so does a network that
// was away.

import { check, until, walk } from "./walk.mjs";

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
};

// With the keyboard alone, as everything.
const byKeyboard = async (it) => {
	const { keyboard } = it.page;
	await keyboard.type(it.email);
	await keyboard.press("Tab");
	await keyboard.type(it.password);
	await keyboard.press("Enter");
	await it.heading("Account");
	await it.page.reload();
	await it.heading("Account");
	await keyboard.press("Tab");
	await keyboard.press("Enter");
	await until(() => it.page.evaluate(() =>
		document.activeElement.textContent === "Account"),
	"the link past the navigation leads elsewhere");
};

// Somebody signs out in another tab; this one is looked at again.
const otherTab = async (it) => {
	await it.page.context().clearCookies();
	await it.page.evaluate(() =>
		document.dispatchEvent(new Event("visibilitychange")));
	await it.heading("Sign in to Hasp");
	await it.enter(it.email, it.password);
	await it.heading("Account");
};

const away = async (it) => {
	const context = it.page.context();
	await it.go("/security");
	await it.heading("Your sign-in");
	await context.setOffline(true);
	for (const path of ["/account", "/members"])
		it.expect("net::ERR_INTERNET_DISCONNECTED", path);
	// The browser asks for it now and then.
	it.expect("net::ERR_INTERNET_DISCONNECTED", "/hasp/favicon.svg",
		{ maybe: true });
	await it.go("/account");
	await it.page.getByText("could not be reached").first().waitFor();
	await it.page.getByText("could not be reached").nth(1).waitFor();
	await it.look("away");
	await context.setOffline(false);
	await it.page.getByRole("button", { name: "Try again" }).first().click();
	await it.page.getByRole("heading", { name: "Plan" }).waitFor();
};

await walk(async (it) => {
	const { page } = it;

	await signingIn(it);
	await sessionEnding(it);
	await byKeyboard(it);
	await otherTab(it);
	await away(it);
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
