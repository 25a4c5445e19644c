// SPDX-License-Identifier: ISC
//
// flow_password: a person changes the password, after two that are no good.

import { focused, walk } from "./walk.mjs";

await walk(async (it) => {
	const { page } = it;
	const next = `${it.password} and some more`;
	const submit = () => page.getByRole("button",
		{ name: "Change the password" }).click();

	it.keepSecret(next);
	await it.signIn("/security");
	await page.getByRole("button", { name: "Change" }).click();
	await it.look("password");

	it.expect(422, "/session/password");
	await page.getByLabel("Your password now").fill(it.password);
	await page.getByLabel("The new one").fill("short");
	await submit();
	await page.locator("dialog [aria-invalid]").waitFor();
	await it.look("password-too-short");

	it.expect(401, "/session/password");
	await page.getByLabel("Your password now").fill("not the password");
	await page.getByLabel("The new one").fill(next);
	await submit();
	await page.getByText("This is not your password.").waitFor();
	await focused(page.getByLabel("Your password now"));
	await it.look("password-wrong");

	await page.getByLabel("Your password now").fill(it.password);
	await submit();
	await it.announced("The password is changed");
	await page.getByRole("dialog").waitFor({ state: "detached" });

	await page.context().clearCookies();
	await it.open("/account");
	await it.enter(it.email, next);
	await it.heading("Account");
});
