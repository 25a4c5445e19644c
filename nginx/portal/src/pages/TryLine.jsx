// SPDX-License-Identifier: ISC
//
// TryLine: the line that shows whether a key works: the account's number is the user
// name, the key the password.

import { SecretText } from "../ui/SecretText.jsx";

export const tryLine = (account, text) =>
	`curl --user '${account.id}:${text}' ` +
	`https://${account.region.api_host}/hasp/v1/whoami`;

export function TryLine({ account, text, onCopied }) {
	return (
		<SecretText label="Try it in a terminal" what="the curl line" lines
			text={tryLine(account, text)} onCopied={onCopied} />
	);
}
