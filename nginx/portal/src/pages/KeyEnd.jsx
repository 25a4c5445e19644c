// SPDX-License-Identifier: ISC
//
// KeyEnd: ends one secret of a key; the others work on.

import { useState } from "preact/hooks";

import { endSecret } from "../keys.js";
import { Problem } from "../problem.js";
import { Button } from "../ui/Button.jsx";
import { CheckBox } from "../ui/CheckBox.jsx";
import { Dialog, DialogActions } from "../ui/Dialog.jsx";
import { Form, useAction } from "../ui/Form.jsx";
import { Notice } from "../ui/Notice.jsx";
import { Unconfirmed } from "../ui/Unconfirmed.jsx";
import { announce } from "../ui/announce.js";
import { silenceOf } from "./KeySecrets.jsx";

const IN_USE = ["secret_in_use", "secret_use_unknown"];

// As the server would refuse a member of the body.
const notForced = () => new Problem(0, { errors: [{ pointer: "#/force",
	detail: "Tick this to end a secret that may be in use." }] });

const useEnding = ({ row, secret, onChanged, onClose }) => {
	const [late, setLate] = useState(null);
	// The server knows of a use that the page does not.
	const [refused, setRefused] = useState(false);
	const name = `The secret ...${secret.last_four}`;
	const [run, state] = useAction(async (force) => {
		const { data, status } = await endSecret(row.id, secret.version, force)
			.catch((problem) => {
				setRefused(IN_USE.includes(problem.code));
				if (problem.code !== "secret_already_ended") throw problem;
				return { status: 200, data: {} };
			});
		onChanged({ id: row.id });
		if (status === 202) {
			setLate(data);
			announce(`${name} has ended, but not confirmed yet`, "warn");
			return;
		}
		announce(`${name} has ended. No request with it is let in any more.`);
		onClose();
	});
	return { run, late, refused, ...state };
};

export function KeyEnd({ row, secret, onClose, onChanged }) {
	const it = useEnding({ row, secret, onChanged, onClose });
	const [force, setForce] = useState(false);
	const inUse = !secret.safe_to_end || it.refused;
	return (
		<Dialog title={`End the secret ...${secret.last_four}`} onClose={onClose}>
			<Form onSubmit={() => inUse && !force ?
				it.setProblem(notForced()) : it.run(force)} problem={it.problem}>
				{it.late ?
					<Unconfirmed title="The secret has ended" data={it.late}
						busy={it.busy} onAgain={() => it.run(force)} /> :
					<>
						<p>Requests with it are refused from then on; the newer
							secret of {row.name} works on.</p>
						<Notice tone={inUse ? "warn" : "good"}
							title={silenceOf(row, secret)} />
						{inUse && (
							<CheckBox label="End it all the same" checked={force}
								hint="Programs that still have it will fail."
								error={it.problem?.of("force")}
								onInput={setForce} />
						)}
					</>}
				<DialogActions>
					<Button onClick={onClose} autofocus>
						{it.late ? "Close" : "Cancel"}
					</Button>
					{!it.late && <Button type="submit" kind="danger"
						busy={it.busy}>End it</Button>}
				</DialogActions>
			</Form>
		</Dialog>
	);
}
