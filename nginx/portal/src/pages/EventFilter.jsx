// SPDX-License-Identifier: ISC
//
// EventFilter: what to look for in the log. What is asked for is in the address, so
// that it can be linked to, and stands below as words that can be taken off.

import { useEffect, useState } from "preact/hooks";

import { EVENTS, formatCode } from "../codes.js";
import { draftOf, errorsOf, formatDecision, partsOf, queryOf }
	from "../eventfilter.js";
import { formatActor } from "../format.js";
import { Button } from "../ui/Button.jsx";
import { Field } from "../ui/Field.jsx";
import { Form } from "../ui/Form.jsx";
import { Icon } from "../ui/Icon.jsx";
import { Select } from "../ui/Select.jsx";

const WHAT = [["", "Everything"], ["kind=event", "All of management"],
	["kind=use", "All uses of keys"], ["decision=allowed", "Uses that were let in"],
	["decision=refused", "Uses that were refused"]];
const TIMES = [["", "Any time"], ["3600", "Last hour"], ["86400", "Last 24 hours"],
	["604800", "Last 7 days"], ["2592000", "Last 30 days"],
	["between", "Between two times"]];
const ACTORS = [["", "Anybody"], ["operator", "Operator"], ["system", "System"],
	["nobody", "Nobody (failed to sign in)"]];

// A value that is asked for and not in the list is in the list all the same.
const withChosen = (options, value, text) => {
	const all = options.flatMap((one) => one.options ?? [one]);
	return all.some(([key]) => key === value) ? options :
		[...options, [value, text]];
};

const whatOptions = (what) => {
	const [name, value] = what.split("=");
	return withChosen([...WHAT, ...EVENTS.map(([label, events]) => ({
		label, options: events.map((one) => [`event=${one}`, formatCode(one)]),
	}))], what, name === "decision" ? `Uses: ${formatDecision(value)}` :
		formatCode(value ?? ""));
};

const actorOptions = (actor, members, names) => withChosen([...ACTORS, {
	label: "People",
	options: Object.entries(members).map(([id, email]) =>
		[`member:${id}`, email]),
}], actor, formatActor(actor, members, names));

function Names({ id, names }) {
	return (
		<datalist id={id}>
			{Object.entries(names).map(([key, name]) => (
				<option key={key} value={key}>{name}</option>
			))}
		</datalist>
	);
}

// SET(name) gives the onInput of the field.
function Fields({ draft, errors, set, members, names }) {
	const text = (name) => ({
		value: draft[name], onInput: set(name), error: errors[name],
		autocomplete: "off", spellcheck: false,
	});
	return (
		<>
			<Select label="What" value={draft.what} onInput={set("what")}
				options={whatOptions(draft.what)} />
			<Select label="Who" value={draft.actor} onInput={set("actor")}
				options={actorOptions(draft.actor, members, names)} />
			<Field label="Key" placeholder="key_..." list="key-names"
				{...text("key")} />
			<Names id="key-names" names={names} />
			<Select label="When" value={draft.time} onInput={set("time")}
				options={TIMES} />
			{draft.time === "between" && (
				<>
					<Field label="From then on" type="datetime-local"
						value={draft.since} onInput={set("since")} />
					<Field label="Before" type="datetime-local"
						value={draft.until} onInput={set("until")}
						error={errors.until} />
				</>
			)}
			<Field label="App" placeholder="GUID" {...text("app")} />
			<Field label="Network address" placeholder="192.0.2.0/24"
				{...text("address")} />
			<Field label="Request id" {...text("request_id")} />
		</>
	);
}

function Parts({ query, members, names, onChange }) {
	const parts = partsOf(query, members, names);
	const without = (name) => onChange({ ...query, [name]: "" });
	if (parts.length === 0) return null;
	return (
		<ul class="parts" aria-label="Filters in force">
			{parts.map(({ name, label, text }) => (
				<li key={name}>
					<span><b>{label}</b> {text}</span>
					<button type="button" onClick={() => without(name)}
						aria-label={`Take off ${label} ${text}`}>
						<Icon name="close" />
					</button>
				</li>
			))}
		</ul>
	);
}

const isWide = () => matchMedia("(min-width: 760px)").matches;

export function EventFilter({ query, members, names, onChange }) {
	const [draft, setDraft] = useState(() => draftOf(query));
	const [errors, setErrors] = useState({});
	const [open, setOpen] = useState(isWide);
	const asked = JSON.stringify(query);

	useEffect(() => {
		setDraft(draftOf(query));
		setErrors({});
	}, [asked]);
	const set = (name) => (value) => setDraft((old) => ({ ...old, [name]: value }));
	const submit = () => {
		const wrong = errorsOf(draft);
		setErrors(wrong);
		if (Object.keys(wrong).length === 0) onChange(queryOf(draft));
	};
	return (
		<div class="event-filter">
			<details class="card" open={open}
				onToggle={(event) => setOpen(event.currentTarget.open)}>
				<summary>Filter</summary>
				<Form onSubmit={submit}>
					<div class="filter-fields">
						<Fields {...{ draft, errors, set, members, names }} />
					</div>
					<div class="actions">
						<Button type="submit" kind="primary">Show</Button>
						<Button onClick={() => onChange({})}>Clear</Button>
					</div>
				</Form>
			</details>
			<Parts {...{ query, members, names, onChange }} />
		</div>
	);
}
