// SPDX-License-Identifier: ISC
//
// walk: a person's way through the portal, in a browser. A flow is a script that
// calls walk() with what the person does; walks.mjs runs one after the other, as
// the tests in Python say who walks, and how:
//
//	{flow, url, email, password, totp, account, mode, shots, more}
//
// At the end the console has to be empty, nothing but the portal's own server
// was asked, and no secret is where the browser keeps things.

import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import { chromium } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url)
	.resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a",
	"wcag22aa", "best-practice"];
const MODES = {
	light: { colorScheme: "light", viewport: { width: 1280, height: 860 } },
	dark: { colorScheme: "dark", viewport: { width: 1280, height: 860 } },
	phone: { colorScheme: "light", viewport: { width: 360, height: 740 } },
};
// What is not there within this is not coming.
const PATIENCE_MS = 15000;
// A walk that takes longer does not end by itself.
const LIMIT_MS = 180000;
// So many times slower than this machine is the browser: what happens to be in
// time here is not in time there.
const SLOWER = Number(process.env.HASP_SLOWER ?? 1);

// The code that an authenticator shows (RFC 6238), STEPS of 30 s from now.
export const totp = (secret, steps = 0) => {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	const bits = [...secret].map((one) =>
		digits.indexOf(one).toString(2).padStart(5, "0")).join("");
	const key = Buffer.from(bits.match(/.{8}/g).map((one) =>
		parseInt(one, 2)));
	const at = Buffer.alloc(8);
	at.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + steps));
	const mac = createHmac("sha1", key).update(at).digest();
	const number = mac.readUInt32BE(mac[19] & 15) & 0x7fffffff;
	return String(number % 1000000).padStart(6, "0");
};

export const check = (holds, text) => {
	if (!holds) throw new Error(text);
};

// Waits until HOLDS() is true: for what comes without anybody's asking, a
// moment after what was waited for before.
export const until = async (holds, text) => {
	const end = Date.now() + PATIENCE_MS;
	while (!await holds()) {
		check(Date.now() < end, text);
		await new Promise((done) => {
			setTimeout(done, 50);
		});
	}
};

// Waits until FIELD has the keyboard's focus.
export const focused = (field) => until(() => field.evaluate((one) =>
	one === document.activeElement), `${field} has no focus`);

// The keyboard's focus goes to what LABEL names, as a person tabs there.
export const focusOn = async (page, label) => {
	for (let presses = 0; presses < 60; presses += 1) {
		const name = await page.evaluate(() => {
			const one = document.activeElement;
			return one.labels?.[0]?.textContent ??
				one.getAttribute("aria-label") ?? one.textContent;
		});
		if (name.trim() === label) return;
		await page.keyboard.press("Tab");
	}
	throw new Error(`the keyboard does not reach ${label}`);
};

class Walk {
	constructor(given, page) {
		Object.assign(this, given);
		this.page = page;
		this.said = [];
		this.asked = [];
		this.expected = [];
		this.secrets = [this.password, this.totp].filter(Boolean);
		page.setDefaultTimeout(PATIENCE_MS);
		page.on("console", (message) => this.said.push({
			text: `${message.type()}: ${message.text()}`,
			url: message.location().url,
		}));
		page.on("pageerror", (error) => this.said.push({
			text: `exception: ${error.stack ?? error}`, url: "",
		}));
		page.on("request", (request) => this.asked.push(request.url()));
	}

	// Shows the portal at ROUTE ("/keys"); it is loaded anew.
	async open(route = "/") {
		await this.page.goto("about:blank");
		await this.page.goto(`${this.url}/hasp/#${route}`);
	}

	// Goes to ROUTE as a link does.
	async go(route) {
		await this.page.evaluate((to) => {
			location.hash = to;
		}, route);
	}

	// Signs in as whom the test made, and arrives at ROUTE.
	async signIn(route = "/keys") {
		this.expect(401, "/session");
		await this.open(route);
		await this.enter(this.email, this.password);
		await this.page.locator("#main h1").waitFor();
	}

	async enter(email, password) {
		const { page } = this;
		await page.getByLabel("Email").fill(email);
		await page.getByLabel("Password").fill(password);
		await page.getByRole("button", { name: "Sign in" }).click();
	}

	// A refusal that belongs to the flow: the browser itself writes each to
	// the console. STATUS is that of HTTP, or "net::ERR_..."; PATH is below
	// /hasp/v1, without a query.
	// MAYBE: it does not come if the page goes before the answer is there.
	expect(status, path, { maybe = false } = {}) {
		this.expected.push({ status, path, seen: maybe });
	}

	// TEXT must not be found in an address or in what the browser keeps.
	keepSecret(text) {
		this.secrets.push(text);
	}

	// The heading of the page or the dialog that is to be there by now.
	async heading(name) {
		await this.page.getByRole("heading", { name, exact: true }).waitFor();
	}

	// That this was said to screen readers, at any time since the last look.
	async announced(text) {
		await this.page.locator("[role=status]")
			.filter({ hasText: text }).first()
			.waitFor({ state: "attached" });
	}

	// What is shown is accessible, and not wider than the window.
	async axe(name) {
		const { page } = this;
		if (!await page.evaluate(() => "axe" in window))
			await page.evaluate(AXE);
		const found = await page.evaluate((tags) => window.axe.run(document, {
			runOnly: tags, resultTypes: ["violations"],
		}), TAGS);
		const told = found.violations.map((one) => `${one.id}: ${one.help}\n` +
			one.nodes.map((node) => `    ${node.html}\n    ` +
				node.failureSummary.replace(/\n/g, "\n    ")).join("\n"));
		check(told.length === 0, `axe, ${name}:\n${told.join("\n")}`);
		await this.fits(name);
	}

	// Nothing is wider than the window; on a phone, neither where 320 px are
	// left, as of a window zoomed in (WCAG 1.4.10).
	async fits(name) {
		const { page } = this;
		const before = page.viewportSize();
		if (this.mode === "phone")
			await page.setViewportSize({ ...before, width: 320 });
		const over = await page.evaluate(() =>
			document.documentElement.scrollWidth - window.innerWidth);
		await page.setViewportSize(before);
		check(over <= 0, `${name} is ${over} px wider than the window`);
	}

	// A picture for a person to look at: the whole page, or what is seen of
	// it behind a dialog.
	async shot(name) {
		const whole = await this.page.locator("dialog[open]").count() === 0;
		if (whole) await this.page.evaluate(() => window.scrollTo(0, 0));
		await this.page.screenshot({
			path: join(this.shots, `${name}-${this.mode}.png`),
			fullPage: whole, animations: "disabled",
		});
	}

	// Both; what most states need.
	async look(name) {
		await this.axe(name);
		await this.shot(name);
	}

	// Whether the console's line is of a refusal that was expected.
	isExpected({ text, url }) {
		const status = /status of (\d+)|(net::ERR_\w+)/.exec(text);
		const path = url && new URL(url).pathname.replace("/hasp/v1", "");
		const found = status ? this.expected.filter((one) =>
			String(one.status) === (status[1] ?? status[2]) &&
			one.path === path) : [];
		for (const one of found) one.seen = true;
		return found.length > 0;
	}

	async checkTraces() {
		const bad = this.said.filter((line) => !this.isExpected(line));
		check(bad.length === 0, "the console is not empty:\n" +
			bad.map(({ text, url }) => `${text} ${url}`).join("\n"));
		const unseen = this.expected.filter((one) => !one.seen);
		check(unseen.length === 0, "not refused as expected: " +
			JSON.stringify(unseen));
		const foreign = this.asked.filter((url) =>
			!url.startsWith(`${this.url}/hasp/`) &&
			!/^(about:|blob:)/.test(url));
		check(foreign.length === 0, `asked elsewhere: ${foreign}`);
		await this.checkSecrets();
	}

	async checkSecrets() {
		const kept = await this.page.evaluate(async () => JSON.stringify([
			location.href, { ...localStorage }, { ...sessionStorage },
			history.state, document.cookie,
			await indexedDB.databases(), await caches.keys(),
		]));
		const places = [kept, ...this.asked];
		check(!this.secrets.some((secret) => places.some((text) =>
			text.includes(secret) ||
			text.includes(encodeURIComponent(secret)))),
		"a secret is in an address or in what the browser keeps");
	}
}

// Who walks now, and how it went.
let given = null;
let failure = null;
let browser = null;

const contextOf = (mode) => browser.newContext({
	...MODES[mode], ignoreHTTPSErrors: true, reducedMotion: "reduce",
	locale: "en-GB", timezoneId: "UTC",
	permissions: ["clipboard-read", "clipboard-write"],
});

const slowDown = async (context, page) => {
	const session = await context.newCDPSession(page);
	await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
};

const told = (error, it) => [error.stack ?? String(error),
	...(it?.said ?? []).map((line) => line.text)].join("\n");

// What a flow calls: STEPS(it) does what the person does; it is a Walk.
export const walk = async (steps) => {
	const context = await contextOf(given.mode);
	const limit = setTimeout(() => context.close(), LIMIT_MS);
	let it = null;
	try {
		it = new Walk(given, await context.newPage());
		await slowDown(context, it.page);
		await steps(it);
		await it.checkTraces();
	} catch (error) {
		await it?.shot("FAILED").catch(() => {});
		failure = told(error, it);
	} finally {
		clearTimeout(limit);
		await context.close();
	}
};

// Runs a flow, once more each time: what went wrong, or null.
let runs = 0;
export const runFlow = async (asked) => {
	given = asked;
	failure = null;
	runs += 1;
	await import(`./${asked.flow}.mjs?${runs}`);
	return failure;
};

export const start = async (executablePath) => {
	browser = await chromium.launch({
		executablePath,
		args: process.getuid() === 0 ? ["--no-sandbox"] : [],
	});
};

export const stop = () => browser.close();
