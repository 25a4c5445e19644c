// SPDX-License-Identifier: ISC
//
// Layout: what stands around every page of whoever is signed in.

import { useEffect, useState } from "preact/hooks";

import { href, useRoute } from "../route.js";
import { useSession } from "../session.js";
import { announce } from "./announce.js";
import { Button } from "./Button.jsx";
import { Icon } from "./Icon.jsx";

function Brand() {
	return (
		<a class="brand" href={href("/keys")}>
			<svg viewBox="0 0 32 32" aria-hidden="true" focusable="false">
				<rect width="32" height="32" rx="7" />
				<path d="M9 14h9a4 4 0 1 1 0 4h-2v3h-3v-3H9z" />
			</svg>
			Hasp
		</a>
	);
}

function Links({ pages, current }) {
	const session = useSession();
	const shown = pages.filter((page) => page.nav &&
		(page.free || session.mayAdminister));
	const under = current?.under ?? current?.path;
	return (
		<ul>
			{shown.map((page) => (
				<li key={page.path}>
					<a href={href(page.path)}
						aria-current={page.path === under ? "page" : undefined}>
						<Icon name={page.icon} />
						{page.nav}
					</a>
				</li>
			))}
		</ul>
	);
}

function Who() {
	const session = useSession();
	const leave = () => session.leave().catch((problem) =>
		announce(problem.detail, "bad"));
	return (
		<div class="who">
			<p>
				<span class="who-account">{session.account.name}</span>
				<span class="who-email">{session.member.email}</span>
			</p>
			<Button small onClick={leave}>Sign out</Button>
		</div>
	);
}

export function Layout({ pages, current, children }) {
	const [open, setOpen] = useState(false);
	const route = useRoute();

	useEffect(() => setOpen(false), [route.path]);
	return (
		<div class="shell">
			<a class="skip" href="#main" onClick={(event) => {
				event.preventDefault();
				document.querySelector("main h1")?.focus();
			}}>Skip to the content</a>
			<header class={open ? "side open" : "side"}>
				<div class="side-head">
					<Brand />
					<Button kind="quiet" icon="menu" class="button quiet menu"
						aria-expanded={open ? "true" : "false"} aria-controls="nav"
						onClick={() => setOpen(!open)}>Menu</Button>
				</div>
				<div class="side-body" id="nav">
					<nav aria-label="Pages">
						<Links pages={pages} current={current} />
					</nav>
					<Who />
				</div>
			</header>
			<main id="main">{children}</main>
		</div>
	);
}
