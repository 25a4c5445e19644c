// SPDX-License-Identifier: ISC
//
// PasswordChange: the dialog that changes the person's password.

import { useState } from "preact/hooks";

import { request } from "../api.js";
import { announce } from "../ui/announce.js";
import { Button } from "../ui/Button.jsx";
import { Dialog, DialogActions } from "../ui/Dialog.jsx";
import { Field } from "../ui/Field.jsx";
import { Form, useAction } from "../ui/Form.jsx";
import { Whose } from "../ui/Whose.jsx";

export function PasswordChange({ onClose }) {
	const [now, setNow] = useState("");
	const [next, setNext] = useState("");
	const [run, { busy, problem }] = useAction(async () => {
		await request("POST", "/session/password",
			{ body: { password: now, new_password: next } });
		announce("The password is changed; your other sessions have ended");
		onClose();
	});
	const wrong = problem?.code === "sign_in_failed";
	return (
		<Dialog title="Change the password" onClose={onClose}>
			<Form onSubmit={run} problem={problem} atField={wrong}>
				<Whose />
				<Field label="Your password now" type="password" value={now}
					onInput={setNow} autocomplete="current-password" required
					error={wrong ? "This is not your password." :
						problem?.of?.("password")} />
				<Field label="The new one" type="password" value={next}
					onInput={setNext} autocomplete="new-password" required
					hint="At least 12 characters. A few words in a row are fine."
					error={problem?.of?.("new_password")} />
				<p class="hint">You stay signed in here, and nowhere else.</p>
				<DialogActions>
					<Button onClick={onClose}>Cancel</Button>
					<Button type="submit" kind="primary" busy={busy}>
						Change the password
					</Button>
				</DialogActions>
			</Form>
		</Dialog>
	);
}
