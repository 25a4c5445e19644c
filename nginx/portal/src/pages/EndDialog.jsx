// SPDX-License-Identifier: ISC
//
// EndDialog: ends something of an app for good, once it was said what that means.
// NAME is what it is called and, if USED (a time) is within a day, what has to be
// typed; ACT(why) does it and gives {data, status}, ENDED is the code of a refusal
// that says it was done before. SAID is announced; onEnded gets the answer.

import { useState } from "preact/hooks";

import { isWithin } from "../format.js";
import { Problem } from "../problem.js";
import { Button } from "../ui/Button.jsx";
import { Dialog, DialogActions } from "../ui/Dialog.jsx";
import { Facts } from "../ui/Facts.jsx";
import { Field } from "../ui/Field.jsx";
import { Form, useAction } from "../ui/Form.jsx";
import { Time } from "../ui/Time.jsx";
import { Unconfirmed } from "../ui/Unconfirmed.jsx";
import { announce } from "../ui/announce.js";

const DAY_S = 86400;

const useEnding = ({ act, ended, said, onEnded, onClose }) => {
	const [late, setLate] = useState(null);
	const [run, state] = useAction(async (why) => {
		const { data, status } = await act(why).catch((problem) => {
			if (problem.code !== ended) throw problem;
			return { status: 200, data: {} };
		});
		onEnded(data);
		if (status === 202) {
			setLate(data);
			announce("It is done, but not confirmed yet", "warn");
			return;
		}
		announce(said);
		onClose();
	});
	return { run, late, ...state };
};

// As the server would refuse a member of the body.
const otherName = () => new Problem(0, { errors: [{ pointer: "#/typed",
	detail: "This is not the name." }] });

function Ask({ it, name, used, from, button, reason, onClose, children }) {
	const [typed, setTyped] = useState("");
	const [why, setWhy] = useState("");
	const isUsed = isWithin(used, -DAY_S);
	const submit = () => {
		if (isUsed && typed.trim() !== name.trim())
			it.setProblem(otherName());
		else it.run(why.trim());
	};
	return (
		<Form onSubmit={submit} problem={it.problem}>
			{children}
			{used !== undefined && <Facts items={[
				["Last used", <Time at={used} />],
				from && ["From", <code>{from}</code>],
			]} />}
			{isUsed && <Field label={`Type ${name} to confirm`} value={typed}
				hint={"It was used within the last 24 hours: what still uses it " +
					"will fail."}
				onInput={setTyped} autocomplete="off" spellcheck={false}
				error={it.problem?.of("typed")} />}
			{reason && <Field label="Reason" optional value={why} onInput={setWhy}
				hint="For the audit log." maxLength={200} autocomplete="off" />}
			<DialogActions>
				<Button onClick={onClose} autofocus={!isUsed}>Cancel</Button>
				<Button type="submit" kind="danger" busy={it.busy}>{button}</Button>
			</DialogActions>
		</Form>
	);
}

export function EndDialog({ title, lateTitle, onClose, ...rest }) {
	const it = useEnding({ onClose, ...rest });
	return (
		<Dialog title={title} onClose={onClose}>
			{it.late ? (
				<>
					<Unconfirmed title={lateTitle} data={it.late} busy={it.busy}
						onAgain={() => it.run()} />
					<DialogActions>
						<Button onClick={onClose}>Close</Button>
					</DialogActions>
				</>
			) : <Ask it={it} onClose={onClose} {...rest} />}
		</Dialog>
	);
}
