// SPDX-License-Identifier: ISC
//
// AppConnect: approves a connect code: what asks for what is shown first, then the
// person says how much it gets, and proves who it is. The code stays in here.

import { useLayoutEffect, useRef, useState } from "preact/hooks";

import { connectApp, inspectCode, rolesUpTo } from "../apps.js";
import { go } from "../route.js";
import { Badge } from "../ui/Badge.jsx";
import { Button } from "../ui/Button.jsx";
import { Dialog, DialogActions } from "../ui/Dialog.jsx";
import { Facts } from "../ui/Facts.jsx";
import { Field } from "../ui/Field.jsx";
import { Form, useAction } from "../ui/Form.jsx";
import { ProofFields, isAboutProof } from "../ui/ProofFields.jsx";
import { Time } from "../ui/Time.jsx";
import { announce } from "../ui/announce.js";
import { useProving } from "../ui/proving.js";
import { HomePage } from "./HomePage.jsx";
import { RoleField } from "./KeyFields.jsx";

function EnterCode({ onFound, onClose }) {
	const [code, setCode] = useState("");
	const [run, { busy, problem }] = useAction(async () =>
		onFound({ code: code.trim(), ...await inspectCode(code.trim()) }));
	return (
		<Form onSubmit={run} problem={problem}>
			<Field label="Connect code" value={code} onInput={setCode}
				hint={"The publisher of the app gave it to you. It counts once, " +
					"for 15 minutes."} error={problem?.of("code")}
				autocomplete="off" spellcheck={false} class="mono" required />
			<DialogActions>
				<Button onClick={onClose}>Cancel</Button>
				<Button type="submit" kind="primary" busy={busy}>Continue</Button>
			</DialogActions>
		</Form>
	);
}

function WhoAsks({ asked }) {
	const { app } = asked;
	return (
		<div class="side-card">
			<p><b>{app.name}</b> by <b>{app.publisher}</b> asks for access to
				this account. {app.private && <Badge>This account's own</Badge>}</p>
			<Facts items={[
				["Asks for", `${asked.role}, ${asked.environment}`],
				["Code counts until", <Time at={asked.expires_at} />],
				app.home_page && ["Home page", <HomePage url={app.home_page} />],
				["GUID", <code>{app.guid}</code>],
			]} />
		</div>
	);
}

function Approve({ asked, onConnected, onBack }) {
	const [role, setRole] = useState(asked.role);
	const { answer, setAnswer, proved } = useProving();
	const [run, { busy, problem }] = useAction(async () => {
		const { code, app } = asked;
		await proved((proof) => connectApp(app.guid, { code, role }, { proof }));
		announce(`${app.name} is connected`);
		onConnected(app);
	});
	return (
		<Form onSubmit={run} problem={problem} atField={isAboutProof(problem)}>
			<WhoAsks asked={asked} />
			<RoleField value={{ role }} problem={problem}
				onInput={(change) => setRole(change.role)}
				among={rolesUpTo(asked.role)} />
			<p class="hint">Never more than it asks for. To change it later, revoke
				the access and connect anew.</p>
			<ProofFields value={answer} onInput={setAnswer} problem={problem} />
			<DialogActions>
				<Button onClick={onBack}>Back</Button>
				<Button type="submit" kind="primary" busy={busy}>Connect</Button>
			</DialogActions>
		</Form>
	);
}

export function AppConnect({ onClose, onChanged }) {
	const [asked, setAsked] = useState(null);
	const step = useRef(null);
	// What had the focus is gone with the step before; the next key that is
	// pressed belongs to this one.
	useLayoutEffect(() => (step.current.querySelector("input:checked") ??
		step.current.querySelector("input")).focus(), [asked]);
	const connected = (app) => {
		onChanged();
		onClose();
		go(`/apps/${app.guid}`);
	};
	return (
		<Dialog title={asked ? `Connect ${asked.app.name}` :
			"Approve a connect code"} onClose={onClose}>
			<div ref={step}>
				{asked ?
					<Approve asked={asked} onConnected={connected}
						onBack={() => setAsked(null)} /> :
					<EnterCode onFound={setAsked} onClose={onClose} />}
			</div>
		</Dialog>
	);
}
