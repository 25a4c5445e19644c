// SPDX-License-Identifier: ISC
//
// Reauth: a dialog around one action that needs a proof: says what will happen,
// asks who it is, and does it. ACTION(proof) may throw a Problem, which is shown.

import { useState } from "preact/hooks";

import { prove } from "../proof.js";
import { Button } from "./Button.jsx";
import { Dialog, DialogActions } from "./Dialog.jsx";
import { Form, useAction } from "./Form.jsx";
import { NO_PROOF, ProofFields, isAboutProof } from "./ProofFields.jsx";

export function Reauth({ title, children, label, kind = "primary", action,
	onClose }) {
	const [answer, setAnswer] = useState(NO_PROOF);
	const [run, { busy, problem }] = useAction(async () =>
		action(await prove(answer)));
	return (
		<Dialog title={title} onClose={onClose}>
			<Form onSubmit={run} problem={problem}
				atField={isAboutProof(problem)}>
				{children}
				<ProofFields value={answer} onInput={setAnswer} problem={problem} />
				<DialogActions>
					<Button onClick={onClose}>Cancel</Button>
					<Button type="submit" kind={kind} busy={busy}>{label}</Button>
				</DialogActions>
			</Form>
		</Dialog>
	);
}
