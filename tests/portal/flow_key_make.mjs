// SPDX-License-Identifier: ISC
//
// flow_key_make: a person makes the account's first key, with the keyboard alone,
// and takes its text away; afterwards it is nowhere.

import { check, focusOn, focused, walk } from "./walk.mjs";

const KEY = /hasp_live_[0-9A-Za-z]{38}/;

// What the page and the browser hold, as text.
const held = (page) => page.evaluate(() => [
	document.documentElement.outerHTML, location.href,
	JSON.stringify(history.state), JSON.stringify({ ...localStorage }),
	JSON.stringify({ ...sessionStorage }),
	...[...document.querySelectorAll("input, textarea")].map((one) =>
		one.value),
].join("\n"));

const goBack = (page) => page.evaluate(() => new Promise((done) => {
	window.addEventListener("hashchange", done, { once: true });
	history.back();
}));

const openDialog = async (it) => {
	await focusOn(it.page, "New key");
	await it.page.keyboard.press("Enter");
	await it.heading("New key");
};

const fillByKeyboard = async (it) => {
	const { keyboard } = it.page;
	await focusOn(it.page, "Name");
	await keyboard.type("Billing export");
	await focusOn(it.page, "read");
	await keyboard.press("ArrowDown");
	await focusOn(it.page, "90 days");
	await keyboard.press("ArrowRight");
	await focusOn(it.page, "Networks and limits (optional)");
	await keyboard.press("Enter");
	await focusOn(it.page, "Networks (optional)");
	await keyboard.type("192.0.2.0/24\nnot a network");
	await focusOn(it.page, "Requests a second");
	await keyboard.type("50");
	await focusOn(it.page, "Your password");
};

await walk(async (it) => {
	const { page } = it;
	const dialog = page.getByRole("dialog");

	await it.signIn("/account");
	await it.go("/keys");
	await it.heading("No keys yet");
	await page.getByText("/hasp/v1/whoami").waitFor();
	await it.look("empty");

	await openDialog(it);
	check(await page.getByLabel("read", { exact: true }).isChecked() &&
		await page.getByLabel("90 days").isChecked(),
	"read and 90 days are not chosen");
	await it.look("create");
	await page.keyboard.press("Escape");
	await dialog.waitFor({ state: "detached" });

	await openDialog(it);
	await fillByKeyboard(it);
	await page.keyboard.type("not the password");
	it.expect(401, "/session/reauthentication");
	await page.keyboard.press("Enter");
	await dialog.locator(".field-error").waitFor();
	await focused(page.getByLabel("Your password"));
	await it.look("create-wrong-password");

	await page.keyboard.press("Control+A");
	await page.keyboard.type(it.password);
	it.expect(422, "/keys");
	await page.keyboard.press("Enter");
	await dialog.getByText("This member is missing").waitFor();
	await page.keyboard.type("100");
	await page.keyboard.press("Enter");
	await dialog.getByText("An address or a range").waitFor();
	await it.look("create-invalid");
	await page.keyboard.press("Control+A");
	await page.keyboard.type("192.0.2.0/24");
	await focusOn(page, "Make the key");
	await page.keyboard.press("Enter");

	await it.heading("Key made");
	const text = (await dialog.locator("pre").first().textContent()).trim();
	check(KEY.test(text), "the key is not shown");
	it.keepSecret(text);
	const line = await dialog.locator("pre").last().textContent();
	check(line.includes(`--user '${it.account}:${text}'`) &&
		line.includes("/hasp/v1/whoami"), `the curl line is ${line}`);
	await it.look("secret");

	await page.keyboard.press("Escape");
	await page.getByRole("alertdialog").waitFor();
	await it.look("secret-asks");
	await page.keyboard.press("Enter");
	await page.getByRole("alertdialog").waitFor({ state: "detached" });

	// Nor do those lose it who go back, twice even.
	await goBack(page);
	await page.getByRole("alertdialog").waitFor();
	await goBack(page);
	check(page.url().endsWith("#/keys"), "the page is another one");
	await page.keyboard.press("Enter");
	await page.getByRole("alertdialog").waitFor({ state: "detached" });
	check((await dialog.locator("pre").first().textContent()).trim() === text,
		"the key is gone");

	await focusOn(page, "Copy the key");
	await page.keyboard.press("Enter");
	await it.announced("Copied the key");
	check(await page.evaluate(() => navigator.clipboard.readText()) === text,
		"something else was copied");
	const [file] = await Promise.all([page.waitForEvent("download"),
		page.getByRole("button", { name: "Download .env" }).click()]);
	const chunks = [];
	for await (const chunk of await file.createReadStream())
		chunks.push(chunk);
	const env = Buffer.concat(chunks).toString();
	check(env.includes(`HASP_KEY=${text}\n`) &&
		env.includes(`HASP_ACCOUNT=${it.account}\n`), `.env is ${env}`);
	await focusOn(page, "Done");
	await page.keyboard.press("Enter");
	await dialog.waitFor({ state: "detached" });

	const row = page.getByRole("row", { name: /Billing export/ });
	await row.getByText(`hasp_live_...${text.slice(-4)}`).waitFor();
	check((await row.textContent()).includes("write"), "it has another role");
	check(!(await held(page)).includes(text), "the page still has the key");
	await it.look("made");
	await it.go("/account");
	await it.heading("Account");
	await page.goBack();
	await row.waitFor();
	check(!(await held(page)).includes(text), "going back brings the key");
	await page.reload();
	await row.waitFor();
	check(!(await held(page)).includes(text), "a reload brings the key");
});
