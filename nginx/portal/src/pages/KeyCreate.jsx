// SPDX-License-Identifier: ISC
//
// KeyCreate: makes a key: one dialog, in which the person also proves who it is.

import { useState } from "preact/hooks";

import { formatDay } from "../format.js";
import { environmentsOf } from "../keyfilter.js";
import { makeKey } from "../keys.js";
import { href } from "../route.js";
import { Button } from "../ui/Button.jsx";
import { Dialog, DialogActions } from "../ui/Dialog.jsx";
import { Field } from "../ui/Field.jsx";
import { Form, useAction } from "../ui/Form.jsx";
import { Notice } from "../ui/Notice.jsx";
import { ProofFields, isAboutProof } from "../ui/ProofFields.jsx";
import { RadioGroup } from "../ui/RadioGroup.jsx";
import { useOnce, useProving } from "../ui/proving.js";
import { LimitFields, NameField, RoleField, TermField } from "./KeyFields.jsx";
import { blankKey, newKeyOf } from "./keyform.js";

const OTHER = "";

// The interface does not say which environments there are: those of the keys,
// and those that there are unless the operator chose others.
const choicesOf = (keys) => {
	const known = environmentsOf(keys);
	return known.length > 0 ? [...new Set([...known, "live", "test"])] :
		["live", "test"];
};

const firstOf = (keys) => {
	const last = keys.at(-1);
	return last && !keys.some((key) => key.environment === "live") ?
		last.environment : "live";
};

function EnvironmentField({ choices, value, onInput, problem }) {
	const [other, setOther] = useState(false);
	const options = [...choices.map((one) => ({ value: one, label: one })),
		{ value: OTHER, label: "another" }];
	const choose = (environment) => {
		setOther(environment === OTHER);
		onInput({ environment });
	};
	const error = problem?.of("environment");
	return (
		<>
			<RadioGroup inline label="Environment" options={options}
				value={other ? OTHER : value.environment} onInput={choose}
				hint="Keys of one are refused by the sites of all others."
				error={other ? undefined : error} />
			{other && (
				<Field label="Name of the environment" value={value.environment}
					error={error} autocomplete="off" spellcheck={false}
					onInput={(environment) => onInput({ environment })} />
			)}
		</>
	);
}

// Why no legacy key can be made, or what comes with one.
const legacyTerms = (legacy) => {
	const since = legacy?.deprecated_at;
	if (!since)
		return { hint: "For programs that cannot send an access token." };
	const past = new Date(since) <= new Date();
	if (legacy.policy === "refuse" && past)
		return { disabled: true, hint: `Not made any more since ` +
			`${formatDay(since)}.` };
	return { hint: `Deprecated as of ${formatDay(since)}` +
		(legacy.sunset_at ? `, expected to end on ` +
			`${formatDay(legacy.sunset_at)}.` : ".") };
};

function KindField({ account, value, onInput, problem }) {
	const terms = legacyTerms(account.legacy_keys);
	return (
		<>
			<RadioGroup label="Kind" value={value.kind}
				error={problem?.of("kind")} onInput={(kind) => onInput({ kind })}
				options={[
					{ value: "access_token", label: "Access token",
						hint: "For everything new." },
					{ value: "api_key", label: "Legacy API key", ...terms },
				]} />
			{value.kind === "api_key" && (
				<Notice tone="warn">
					<p>Legacy keys come to an end. Make an access token unless
						the program cannot send one.</p>
				</Notice>
			)}
		</>
	);
}

// A request whose answer was lost was done: its secret cannot be told again.
export function Lost({ problem }) {
	return problem?.keyId ? (
		<p><a href={href(`/keys/${problem.keyId}`)}>Open that key</a></p>
	) : null;
}

const useCreating = ({ keys, onAsk, onChanged }) => {
	const [value, setValue] = useState(() => blankKey(firstOf(keys)));
	// The same for a request that is repeated.
	const [now] = useState(() => Date.now());
	const proving = useProving();
	const onceOf = useOnce();
	const [run, state] = useAction(async () => {
		const body = newKeyOf(value, now);
		const { data } = await proving.proved((proof) =>
			makeKey(body, { proof, once: onceOf(body) }));
		const { secret, warning, ...row } = data;
		onChanged(row);
		onAsk({ what: "secret", row, secret, warning, title: "Key made" });
	});
	const onInput = (change) => setValue((before) =>
		({ ...before, ...change }));
	return { value, onInput, run, ...proving, ...state };
};

export function KeyCreate({ account, keys, onClose, onAsk, onChanged }) {
	const it = useCreating({ keys, onAsk, onChanged });
	const [choices] = useState(() => choicesOf(keys));
	const common = { value: it.value, onInput: it.onInput, problem: it.problem };
	const legacy = account.legacy_keys !== null ||
		keys.some((key) => key.kind === "api_key");
	return (
		<Dialog title="New key" onClose={onClose}>
			<Form onSubmit={it.run} problem={it.problem}
				atField={isAboutProof(it.problem)}>
				<Lost problem={it.problem} />
				<NameField {...common} autofocus />
				<RoleField {...common} />
				<EnvironmentField {...common} choices={choices} />
				<TermField {...common} />
				{legacy && <KindField {...common} account={account} />}
				<LimitFields {...common} />
				<ProofFields value={it.answer} onInput={it.setAnswer}
					problem={it.problem} />
				<DialogActions>
					<Button onClick={onClose}>Cancel</Button>
					<Button type="submit" kind="primary" busy={it.busy}>
						Make the key
					</Button>
				</DialogActions>
			</Form>
		</Dialog>
	);
}
