// SPDX-License-Identifier: ISC
//
// KeyFields: the fields that making and changing a key have in common. VALUE is as
// in keyform.js, ONINPUT gets what changes of it, PROBLEM is the server's.

import { Field } from "../ui/Field.jsx";
import { RadioGroup } from "../ui/RadioGroup.jsx";

const ROLES = [
	{ value: "read", label: "read", hint: "Reads: GET and HEAD." },
	{ value: "write", label: "write", hint: "Reads, and changes things: POST " +
		"and PATCH, too." },
	{ value: "admin", label: "admin", hint: "Everything, DELETE included, " +
		"and the management of keys if the account lets keys do that." },
];

export function NameField({ value, onInput, problem, ...rest }) {
	return (
		<Field label="Name" value={value.name} error={problem?.of("name")}
			hint="Says which program has it, such as Billing export."
			onInput={(name) => onInput({ name })} maxLength={100}
			autocomplete="off" required {...rest} />
	);
}

// AMONG: the roles to choose from.
export function RoleField({ value, onInput, problem, among }) {
	const options = ROLES.filter((one) => !among || among.includes(one.value));
	return (
		<RadioGroup label="Role" value={value.role} options={options}
			error={problem?.of("role")}
			onInput={(role) => onInput({ role })} />
	);
}

const TERMS = [
	{ value: "30", label: "30 days" }, { value: "90", label: "90 days" },
	{ value: "365", label: "365 days" }, { value: "never", label: "Never" },
];

// KEEP: the label of the choice that changes nothing, if there is one.
export function TermField({ value, onInput, problem, keep }) {
	const options = keep ? [{ value: "keep", label: keep }, ...TERMS] : TERMS;
	return (
		<RadioGroup inline label={keep ? "Expires (from now)" : "Expires in"}
			value={value.ends} options={options}
			error={problem?.of("expires_at")}
			onInput={(ends) => onInput({ ends })} />
	);
}

const LIMITS = ["allowed_ips", "rate_limit", "daily_quota"];

function Rate({ value, onInput, problem }) {
	return (
		<div class="columns narrow">
			<Field label="Requests a second" value={value.perSecond}
				inputMode="numeric" autocomplete="off"
				error={problem?.of("rate_limit/per_second")}
				onInput={(perSecond) => onInput({ perSecond })} />
			<Field label="At once" value={value.burst}
				inputMode="numeric" autocomplete="off"
				error={problem?.of("rate_limit/burst")}
				onInput={(burst) => onInput({ burst })} />
			<Field label="Requests a day" value={value.quota}
				inputMode="numeric" autocomplete="off"
				error={problem?.of("daily_quota")}
				onInput={(quota) => onInput({ quota })} />
		</div>
	);
}

// Closed unless something in it is set or wrong.
export function LimitFields({ value, onInput, problem }) {
	const wrong = LIMITS.some((name) => problem?.of(name));
	const set = value.networks || value.perSecond || value.burst ||
		value.quota;
	return (
		<details class="more" open={Boolean(wrong || set) || undefined}>
			<summary>Networks and limits (optional)</summary>
			<div class="stack">
				<Field label="Networks" optional rows={3} value={value.networks}
					hint={"Addresses or ranges that it may be used from, one a " +
						"line, such as 192.0.2.0/24. None: from everywhere."}
					error={problem?.of("allowed_ips")} spellcheck={false}
					autocomplete="off" class="mono"
					onInput={(networks) => onInput({ networks })} />
				<Rate {...{ value, onInput, problem }} />
				<p class="hint">What is left empty is as the plan says.</p>
			</div>
		</details>
	);
}
