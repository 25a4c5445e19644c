// SPDX-License-Identifier: ISC
//
// TokenCreate: makes a token of a connection that lives on until it is revoked, or
// for as long as is said.

import { useState } from "preact/hooks";

import { makeToken, rolesUpTo } from "../apps.js";
import { Button } from "../ui/Button.jsx";
import { Dialog, DialogActions } from "../ui/Dialog.jsx";
import { Form, useAction } from "../ui/Form.jsx";
import { ProofFields, isAboutProof } from "../ui/ProofFields.jsx";
import { useOnce, useProving } from "../ui/proving.js";
import { NameField, RoleField, TermField } from "./KeyFields.jsx";
import { blankKey, newKeyOf } from "./keyform.js";

const useCreating = ({ app, onMade }) => {
	const [value, setValue] = useState(() => blankKey(""));
	// The same for a request that is repeated.
	const [now] = useState(() => Date.now());
	const proving = useProving();
	const onceOf = useOnce();
	const [run, state] = useAction(async () => {
		const { name, role, expires_at } = newKeyOf(value, now);
		const body = { name, role, expires_at };
		const { data } = await proving.proved((proof) => makeToken(app.guid,
			body, { proof, once: onceOf(body) }));
		const { secret, ...row } = data;
		onMade(row, secret);
	});
	const onInput = (change) => setValue((old) => ({ ...old, ...change }));
	return { value, onInput, run, ...proving, ...state };
};

export function TokenCreate({ app, onMade, onClose }) {
	const it = useCreating({ app, onMade });
	const common = { value: it.value, onInput: it.onInput, problem: it.problem };
	return (
		<Dialog title={`New token for ${app.name}`} onClose={onClose}>
			<Form onSubmit={it.run} problem={it.problem}
				atField={isAboutProof(it.problem)}>
				<p>For a program of the app that cannot fetch tokens by itself. It
					counts as one of the plan's keys, works for{" "}
					<b>{app.connection.environment}</b> and ends with the
					connection.</p>
				<NameField {...common} autofocus />
				<RoleField {...common} among={rolesUpTo(app.connection.role)} />
				<TermField {...common} />
				<ProofFields value={it.answer} onInput={it.setAnswer}
					problem={it.problem} />
				<DialogActions>
					<Button onClick={onClose}>Cancel</Button>
					<Button type="submit" kind="primary" busy={it.busy}>
						Make the token
					</Button>
				</DialogActions>
			</Form>
		</Dialog>
	);
}
