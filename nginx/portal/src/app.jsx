// SPDX-License-Identifier: ISC
//
// app: which page is shown: signing in comes before any other.

import { pages } from "./pages.js";
import { match, useRoute } from "./route.js";
import { SessionProvider, useSession } from "./session.js";
import { NotFound } from "./pages/NotFound.jsx";
import { SignIn } from "./pages/SignIn.jsx";
import { Announcer } from "./ui/Announcer.jsx";
import { ErrorBox } from "./ui/ErrorBox.jsx";
import { Layout } from "./ui/Layout.jsx";
import { Loading } from "./ui/Loading.jsx";

function Current() {
	const route = useRoute();
	const found = match(pages, route.path);
	const Shown = found ? found.page.component : NotFound;

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
	return session.state === "in" ? <Current /> : <SignIn />;
}

export function App() {
	return (
		<SessionProvider>
			<Gate />
			<Announcer />
		</SessionProvider>
	);
}
