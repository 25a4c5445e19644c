// SPDX-License-Identifier: ISC
//
// OwnApp: dialogs of an app that the account publishes itself: making one, a new
// secret for it, and the secret, which is here once.

import { useState } from "preact/hooks";

import { makeOwn, rotateOwn } from "../apps.js";
import { Button } from "../ui/Button.jsx";
import { Dialog, DialogActions } from "../ui/Dialog.jsx";
import { Facts } from "../ui/Facts.jsx";
import { Field } from "../ui/Field.jsx";
import { Form, useAction } from "../ui/Form.jsx";
import { ProofFields, isAboutProof } from "../ui/ProofFields.jsx";
import { RadioGroup } from "../ui/RadioGroup.jsx";
import { SecretOnce } from "../ui/SecretOnce.jsx";
import { SecretText } from "../ui/SecretText.jsx";
import { useProving } from "../ui/proving.js";
import { OVERLAPS } from "./KeyRotate.jsx";

// A form around one action that needs a proof and brings a secret.
function Proved({ title, button, act, onMade, onClose, children }) {
	const { answer, setAnswer, proved } = useProving();
	const [run, { busy, problem }] = useAction(async () => {
		const { data } = await proved(act);
		const { client_secret: secret, ...app } = data;
		onMade(app, secret);
	});
	return (
		<Dialog title={title} onClose={onClose}>
			<Form onSubmit={run} problem={problem} atField={isAboutProof(problem)}>
				{children(problem)}
				<ProofFields value={answer} onInput={setAnswer} problem={problem} />
				<DialogActions>
					<Button onClick={onClose}>Cancel</Button>
					<Button type="submit" kind="primary" busy={busy}>{button}</Button>
				</DialogActions>
			</Form>
		</Dialog>
	);
}

const bodyOf = ({ name, publisher, home_page: home }) => ({
	name: name.trim(),
	...(publisher.trim() && { publisher: publisher.trim() }),
	...(home.trim() && { home_page: home.trim() }),
});

export function OwnAppCreate({ account, ...rest }) {
	const [value, setValue] = useState({ name: "", publisher: "", home_page: "" });
	const field = (name, problem) => ({
		value: value[name], error: problem?.of(name), autocomplete: "off",
		onInput: (text) => setValue((old) => ({ ...old, [name]: text })),
	});
	return (
		<Proved title="New app" button="Make the app" {...rest}
			act={(proof) => makeOwn(bodyOf(value), { proof })}>
			{(problem) => (
				<>
					<Field label="Name" required autofocus {...field("name", problem)} />
					<Field label="Publisher" optional {...field("publisher", problem)}
						hint={`Left empty: ${account.name}`} />
					<Field label="Home page" optional type="url"
						placeholder="https://" {...field("home_page", problem)} />
				</>
			)}
		</Proved>
	);
}

export function OwnAppRotate({ app, ...rest }) {
	const [overlap, setOverlap] = useState("86400");
	return (
		<Proved title={`New secret for ${app.name}`} button="Make a new secret"
			act={(proof) => rotateOwn(app.guid,
				{ overlap_seconds: Number(overlap) }, { proof })} {...rest}>
			{(problem) => (
				<RadioGroup label="The old secret works on for" value={overlap}
					options={OVERLAPS} onInput={setOverlap}
					error={problem?.of("overlap_seconds")} />
			)}
		</Proved>
	);
}

const fileOf = (account, app, secret) => [
	`# ${app.name}`,
	`HASP_CLIENT_ID=${app.guid}`,
	`HASP_CLIENT_SECRET=${secret}`,
	`HASP_URL=https://${account.region.api_host}`,
	"",
].join("\n");

const codeLine = (account, app, secret) =>
	`curl --user '${app.guid}:${secret}' --data 'account=${account.id}` +
	`&role=read' https://${account.region.api_host}/hasp/v1/connect-codes`;

export function OwnAppSecret({ app, secret, account, onClose }) {
	return (
		<SecretOnce title="Secret of the app" label={app.name} secret={secret}
			what="the secret" lost="make a new one" onClose={onClose}
			file={fileOf(account, app, secret)}>
			{(take) => (
				<>
					<Facts items={[["Client id", <code>{app.guid}</code>],
						["Client secret", "the secret"]]} />
					<SecretText label="Ask for a connection" what="the curl line"
						lines text={codeLine(account, app, secret)} onCopied={take} />
				</>
			)}
		</SecretOnce>
	);
}
