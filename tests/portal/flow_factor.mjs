// SPDX-License-Identifier: ISC
//
// flow_factor: a person sets an authenticator up, signs in with its codes and
// with a recovery code, makes new recovery codes, and removes it.

import { check, totp, walk } from "./walk.mjs";

const openSecurity = async (it) => {
	await it.go("/security");
	await it.heading("Your sign-in");
};

const prove = async (it, button) => {
	await it.page.getByLabel("Your password").fill(it.password);
	await it.page.getByRole("dialog").getByRole("button", { name: button })
		.click();
};

// The authenticator's secret and the recovery codes.
const setUp = async (it) => {
	const { page } = it;
	await it.look("security");
	await page.getByRole("button", { name: "Set up" }).click();
	await it.look("set-up-proof");
	await prove(it, "Continue");
	await page.locator(".qr path").waitFor();
	const secret = await page.locator(".secret code").innerText();
	it.keepSecret(secret);
	await it.look("set-up-scan");

	it.expect(401, "/session/totp/confirmation");
	const code = page.getByLabel("The code that it shows now");
	await code.fill(totp(secret, 20));
	await page.getByRole("button", { name: "Confirm" }).click();
	await page.getByText("This is not the code").waitFor();
	await it.look("set-up-wrong");
	await code.fill(totp(secret, -1));
	await page.keyboard.press("Enter");
	await it.heading("Your recovery codes");
	await it.announced("The authenticator is set up");
	const codes = (await page.locator(".secret code").innerText()).split("\n");
	check(codes.length === 10, `${codes.length} recovery codes`);
	for (const one of codes) it.keepSecret(one);
	await it.look("recovery-codes");
	return { secret, codes };
};

// Esc asks once before the codes are gone; a download keeps them.
const keepCodes = async (it, codes) => {
	const { page } = it;
	await page.keyboard.press("Escape");
	await page.getByRole("alertdialog").waitFor();
	await it.look("recovery-codes-guard");
	await page.getByRole("button", { name: "Go back" }).click();
	const coming = page.waitForEvent("download");
	await page.getByRole("button", { name: "Download" }).click();
	const file = await (await coming).createReadStream();
	let text = "";
	for await (const piece of file) text += piece;
	check(codes.every((code) => text.includes(code)), "codes are missing");
	await page.getByRole("button", { name: "Done" }).click();
	await page.getByRole("dialog").waitFor({ state: "detached" });
	await page.getByText("in force").waitFor();
	await it.look("security-with-authenticator");
};

const signOut = async (it) => {
	if (it.mode === "phone")
		await it.page.getByRole("button", { name: "Menu" }).click();
	await it.page.getByRole("button", { name: "Sign out" }).click();
	await it.heading("Sign in to Hasp");
};

const signInByCode = async (it, secret) => {
	const { page } = it;
	it.expect(401, "/session");
	await it.enter(it.email, it.password);
	await it.heading("One more step");
	await it.look("sign-in-code");
	await page.getByLabel("Code of your authenticator").fill(totp(secret, 20));
	await page.getByRole("button", { name: "Sign in" }).click();
	await page.getByRole("alert").waitFor();
	await it.look("sign-in-code-refused");
	await page.getByLabel("Code of your authenticator").fill(totp(secret));
	await page.keyboard.press("Enter");
	await it.heading("Your sign-in");
};

const signInByRecovery = async (it, code) => {
	const { page } = it;
	await it.enter(it.email, it.password);
	await page.getByRole("button", { name: "Use a recovery code" }).click();
	await it.look("sign-in-recovery");
	await page.getByLabel("Recovery code").fill(code);
	await page.getByRole("button", { name: "Sign in" }).click();
	await it.heading("Your sign-in");
};

const makeNewCodes = async (it) => {
	const { page } = it;
	await page.getByRole("button", { name: "Make new codes" }).click();
	await prove(it, "Make new codes");
	await it.heading("Your new recovery codes");
	it.keepSecret((await page.locator(".secret code").innerText())
		.split("\n")[0]);
	await page.getByRole("button", { name: "Copy recovery codes" }).click();
	await it.announced("Copied recovery codes");
	await page.getByRole("button", { name: "Done" }).click();
	await page.getByRole("dialog").waitFor({ state: "detached" });
};

const remove = async (it, secret) => {
	const { page } = it;
	await page.getByRole("button", { name: "Remove" }).click();
	await page.getByRole("button", { name: "Use a code of the authenticator" })
		.click();
	await it.look("remove");
	await page.getByLabel("Code of your authenticator").fill(totp(secret, 1));
	await page.getByRole("dialog").getByRole("button", { name: "Remove" })
		.click();
	await it.announced("The authenticator and its recovery codes are removed");
	await page.getByText("not set up").waitFor();
};

await walk(async (it) => {
	await it.signIn("/security");
	const { secret, codes } = await setUp(it);
	await keepCodes(it, codes);
	await signOut(it);
	await signInByCode(it, secret);
	await signOut(it);
	await signInByRecovery(it, codes[0]);
	await makeNewCodes(it);
	await openSecurity(it);
	await remove(it, secret);
});
