// SPDX-License-Identifier: ISC
//
// flow_key_lost: a key is made, but the answer is lost on its way; whoever tries again
// makes no second one. The proof is an authenticator's code, which counts once,
// however often the form is sent.

import { totp, until, walk } from "./walk.mjs";

// The server does it, and something on the way fails.
const lose = async (route) => {
	if (route.request().method() !== "POST") {
		await route.continue();
		return;
	}
	await route.fetch();
	await route.fulfill({ status: 503,
		contentType: "application/problem+json", body: JSON.stringify({
			type: "about:blank", title: "Service Unavailable", status: 503,
			code: "outcome_unknown", detail: "It is not known whether it " +
				"was done." }) });
};

await walk(async (it) => {
	const { page } = it;
	const dialog = page.getByRole("dialog");
	const make = dialog.getByRole("button", { name: "Make the key" });

	it.expect(401, "/session");
	await it.open("/keys");
	await it.enter(it.email, it.password);
	await page.getByLabel("Code of your authenticator").fill(totp(it.totp));
	await page.getByRole("button", { name: "Sign in" }).click();
	await it.heading("No keys yet");
	await page.getByRole("button", { name: "New key" }).click();
	await dialog.getByLabel("Name").fill("Made once");
	await dialog.getByText("Use a code of the authenticator instead").click();
	await dialog.getByText("Networks and limits").click();
	await dialog.getByLabel("Networks").fill("everywhere");
	await dialog.getByLabel("Code of your authenticator")
		.fill(totp(it.totp, 1));
	it.expect(422, "/keys");
	await make.click();
	await dialog.getByText("An address or a range").waitFor();
	await it.look("code");

	await dialog.getByLabel("Networks").fill("2001:db8::/32");
	await page.route("**/hasp/v1/keys", lose);
	it.expect(503, "/keys");
	await make.click();
	await dialog.getByText("outcome_unknown").waitFor();
	await page.unroute("**/hasp/v1/keys", lose);
	it.expect(409, "/keys");
	await make.click();
	await dialog.getByText("secret_already_shown").waitFor();
	await it.look("already-shown");
	await dialog.getByRole("link", { name: "Open that key" }).click();
	await it.heading("Made once");
	await page.getByText("2001:db8::/32").waitFor();
	await it.go("/keys");
	await page.getByText("1 key.").waitFor();
	await until(async () => await page.locator("tbody tr").count() === 1,
		"there are two keys");
});
