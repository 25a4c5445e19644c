// SPDX-License-Identifier: ISC
//
// Security: how the person signs in: password, authenticator, recovery codes.

import { useState } from "preact/hooks";

import { useSession } from "../session.js";
import { Badge } from "../ui/Badge.jsx";
import { Button } from "../ui/Button.jsx";
import { Facts } from "../ui/Facts.jsx";
import { Page, Section } from "../ui/Page.jsx";
import { Time } from "../ui/Time.jsx";
import { AuthenticatorRemove, AuthenticatorSetUp } from "./Authenticator.jsx";
import { PasswordChange } from "./PasswordChange.jsx";
import { RecoveryCodes } from "./RecoveryCodes.jsx";

function Who() {
	const { member, mayAdminister, expiresAt } = useSession();
	return (
		<Section title="Signed in">
			<Facts items={[
				["Email", member.email],
				["Member id", member.id],
				["Role", mayAdminister ? "administrator" : "member"],
				["This session ends", <Time at={expiresAt} />],
			]} />
		</Section>
	);
}

function Authenticator({ onOpen }) {
	const { member } = useSession();
	return (
		<Section title="Authenticator"
			lead="An app that shows a code to sign in with, besides the password."
			actions={member.totp ? (
				<>
					<Button onClick={() => onOpen("set-up")}>Replace</Button>
					<Button onClick={() => onOpen("remove")}>Remove</Button>
				</>
			) : (
				<Button kind="primary" onClick={() => onOpen("set-up")}>
					Set up
				</Button>
			)}>
			<p>
				{member.totp ? <Badge tone="good">in force</Badge> :
					<Badge tone="warn">not set up</Badge>}
			</p>
		</Section>
	);
}

const DIALOGS = {
	"set-up": AuthenticatorSetUp,
	"remove": AuthenticatorRemove,
	"codes": RecoveryCodes,
	"password": PasswordChange,
};

export function Security() {
	const { member } = useSession();
	const [open, setOpen] = useState(null);
	// Whether there was one when the dialog opened: it changes meanwhile.
	const [replacing, setReplacing] = useState(false);
	const Shown = DIALOGS[open];
	const onOpen = (name) => {
		setReplacing(member.totp);
		setOpen(name);
	};
	return (
		<Page title="Your sign-in"
			lead="Your password, authenticator and recovery codes.">
			<Who />
			<Section title="Password" actions={
				<Button onClick={() => onOpen("password")}>Change</Button>
			} lead="Changing it ends your sessions everywhere else." />
			<Authenticator onOpen={onOpen} />
			{member.totp && (
				<Section title="Recovery codes" actions={
					<Button onClick={() => onOpen("codes")}>Make new codes</Button>
				} lead="Each stands once in place of a code of the authenticator." />
			)}
			{Shown && <Shown replacing={replacing} onClose={() => setOpen(null)} />}
		</Page>
	);
}
