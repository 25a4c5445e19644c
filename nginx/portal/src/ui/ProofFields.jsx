// SPDX-License-Identifier: ISC
//
// ProofFields: asks for the password, or a code of the authenticator, inside a
// form whose action needs a proof. VALUE is what prove() takes.

import { useSession } from "../session.js";
import { Button } from "./Button.jsx";
import { Field } from "./Field.jsx";
import { Whose } from "./Whose.jsx";

const PROOF_CODES = ["sign_in_failed", "totp_replayed", "totp_unavailable",
	"proof_required", "proof_invalid"];

// Whether PROBLEM is about the proof and belongs at its field.
export const isAboutProof = (problem) => PROOF_CODES.includes(problem?.code);

export const NO_PROOF = { password: "" };

export function ProofFields({ value, onInput, problem }) {
	const { member } = useSession();
	const byCode = "totp" in value;
	const error = isAboutProof(problem) ? problem.detail : undefined;
	return (
		<div class="proof">
			<Whose />
			{byCode ?
				<Field label="Code of your authenticator" value={value.totp}
					onInput={(totp) => onInput({ totp })} error={error}
					inputMode="numeric" autocomplete="one-time-code" required /> :
				<Field label="Your password" type="password" value={value.password}
					onInput={(password) => onInput({ password })} error={error}
					autocomplete="current-password" required />}
			{member.totp && (
				<Button kind="quiet" small onClick={() =>
					onInput(byCode ? { password: "" } : { totp: "" })}>
					{byCode ? "Use the password instead" :
						"Use a code of the authenticator instead"}
				</Button>
			)}
		</div>
	);
}
