// SPDX-License-Identifier: ISC
//
// Refused: why was I refused? The id of a request goes in, what became of it comes
// out. It may be pasted with whatever stands around it; a key is never taken.

import { useEffect, useState } from "preact/hooks";

import * as api from "../api.js";
import { useKeyNames } from "../keynames.js";
import { useLoad } from "../load.js";
import { useMembers } from "../members.js";
import { go } from "../route.js";
import { Button } from "../ui/Button.jsx";
import { Empty } from "../ui/Empty.jsx";
import { Field } from "../ui/Field.jsx";
import { Form } from "../ui/Form.jsx";
import { Loaded } from "../ui/Loaded.jsx";
import { Page } from "../ui/Page.jsx";
import { Explained } from "./Explained.jsx";
import { SameRequest } from "./SameRequest.jsx";

// As the web server makes them, in whatever was pasted.
const MADE = /(?<![0-9a-z_])[0-9a-f]{32}(?![0-9a-z_])/i;
// Of another server's making; a key has two underscores at least.
const OTHER = /^[0-9A-Za-z-]{1,64}$/;
const ENTRY = /^(ev_\d+_\d+|use_\d+_\d+_\d+)$/;

const idIn = (text) => {
	const word = text.trim();
	const made = MADE.exec(word);
	if (made) return made[0].toLowerCase();
	return OTHER.test(word) || ENTRY.test(word) ? word : null;
};

const WRONG = "There is no id of a request in this: usually 32 characters of 0 " +
	"to 9 and a to f. If it was a key: it was not sent anywhere, and does not " +
	"belong here.";

function Ask({ request }) {
	const [text, setText] = useState(request);
	const [wrong, setWrong] = useState(false);

	useEffect(() => setText(request), [request]);
	const submit = () => {
		const id = idIn(text);
		setWrong(!id);
		if (id) go("/refused", { request: id });
	};
	return (
		<div class="card">
			<Form onSubmit={submit}>
				<Field label="Request id" value={text} onInput={setText}
					error={wrong ? WRONG : undefined} autocomplete="off"
					spellcheck={false} class="mono"
					hint={"The body of every refusal has it as request_id, and so " +
						"has the web server's log. The whole body may be pasted."} />
				<div class="actions">
					<Button type="submit" kind="primary">Look it up</Button>
				</div>
			</Form>
		</div>
	);
}

function Unknown({ onRetry }) {
	return (
		<Empty title="Nothing is known of this request" icon="question"
			action={<Button onClick={onRetry}>Look again</Button>}>
			<p>A check shows up about a second after it happened. If it still is not
				here:</p>
			<ul class="causes">
				<li>The id is not complete, or is that of another program's log.</li>
				<li>The request belongs to another account: whoever administers that
					one sees it.</li>
				<li>It never got as far as a check: the web server itself refused it,
					or no check is asked for at that address.</li>
				<li>It is older than the log is kept.</li>
			</ul>
		</Empty>
	);
}

function Answer({ request }) {
	const found = useLoad((signal) => api.get(
		`/audit-events/${encodeURIComponent(request)}`, {}, signal), [request]);
	const members = useMembers();
	const names = useKeyNames();

	if (found.problem?.code === "not_found")
		return <Unknown onRetry={found.reload} />;
	return (
		<Loaded from={found} what="what became of it">
			{(event) => (
				<div class="answer" role="region" aria-label="What became of it">
					<Explained {...{ event, members, names }} />
					<SameRequest {...{ event, members, names }} />
				</div>
			)}
		</Loaded>
	);
}

export function Refused({ query }) {
	// An address that somebody made holds what they like.
	const request = idIn(query.request ?? "") ?? "";
	return (
		<Page title="Why was I refused?" lead={"Paste the id of a request, and " +
			"see how it was decided, why, and how to mend it."}>
			<Ask request={request} />
			{request && <Answer key={request} request={request} />}
		</Page>
	);
}
