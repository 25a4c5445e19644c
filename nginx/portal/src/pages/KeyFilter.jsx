// SPDX-License-Identifier: ISC
//
// KeyFilter: which keys are to be shown. What is chosen is part of the address;
// what is typed is not: it may be a key.

import { count, formatNumber } from "../format.js";
import { ORDERS, STATUSES, environmentsOf } from "../keyfilter.js";
import { Field } from "../ui/Field.jsx";
import { Select } from "../ui/Select.jsx";

const ROLES = [["", "Any"], ["read", "read"], ["write", "write"],
	["admin", "admin"]];

// WANTED is as filterKeys() takes it; onInput gets what changes of it.
export function KeyFilter({ keys, wanted, onInput }) {
	const environments = [["", "Any"],
		...environmentsOf(keys).map((one) => [one, one])];
	const choose = (name, label, options) => (
		<Select label={label} value={wanted[name]} options={options}
			onInput={(value) => onInput({ [name]: value })} />
	);
	return (
		<div class="filters" role="search" aria-label="Keys">
			<Field label="Find" type="search" value={wanted.text}
				placeholder="Name or last four" autocomplete="off"
				spellcheck={false} onInput={(text) =>
					onInput({ text: text.trim() })} />
			{choose("status", "Status", STATUSES)}
			{choose("role", "Role", ROLES)}
			{choose("environment", "Environment", environments)}
			{choose("order", "Order", ORDERS)}
		</div>
	);
}

// How many are shown of how many, and whether all are here.
export function KeyCount({ rows, keys, loading, hidden }) {
	const some = loading ? " loaded so far; the rest is coming" : "";
	return (
		<p class="muted" role="status">
			{rows.length === keys.length ?
				`${count(keys.length, "key")}${some}.` :
				`${formatNumber(rows.length)} of ` +
				`${count(keys.length, "key")}${some}.`}
			{hidden > 0 && ` ${count(hidden, "revoked key")} ` +
				`${hidden === 1 ? "is" : "are"} not shown.`}
		</p>
	);
}
