// SPDX-License-Identifier: ISC
//
// app: which page is shown: signing in comes before any other.

import { pages } from "./pages.js";
import { match, useRoute } from "./route.js";
import { SessionProvider, useSession } from "./session.js";
import { Closed, NotFound } from "./pages/NotFound.jsx";
import { SignIn } from "./pages/SignIn.jsx";
import { Announcer } from "./ui/Announcer.jsx";
import { ErrorBox } from "./ui/ErrorBox.jsx";
import { Layout } from "./ui/Layout.jsx";
import { Loading } from "./ui/Loading.jsx";

function Current() {
	const route = useRoute();
	const { mayAdminister } = useSession();
	// Who may not administer begins with what they may see.
	const path = route.path === "/" && !mayAdminister ? "/account" : route.path;
	const found = match(pages, path);
	const closed = found && !found.page.free && !mayAdminister;
	const Shown = closed ? Closed : found?.page.component ?? NotFound;

	// A key, so that two keys' pages share nothing.
	return (
		<Layout pages={pages} current={found?.page}>
			<Shown key={route.path} params={found?.params ?? {}}
				query={route.query} />
		</Layout>
	);
}

function Gate() {
	const session = useSession();

	if (session.state === "asking")
		return <main class="alone"><Loading what="your session" /></main>;
	if (session.state === "failed")
		return (
			<main class="alone">
				<h1>Hasp</h1>
				<ErrorBox problem={session.problem} onRetry={session.ask} />
			</main>
		);
	// A key, so that nothing of one person's is shown to the next.
	return session.state === "in" ? <Current key={session.member.id} /> :
		<SignIn />;
}

export function App() {
	return (
		<SessionProvider>
			<Gate />
			<Announcer />
		</SessionProvider>
	);
}
