// SPDX-License-Identifier: ISC
//
// KeySecret: the text of a key, or of an app's token, which is here once.

import { Facts } from "../ui/Facts.jsx";
import { Notice } from "../ui/Notice.jsx";
import { SecretOnce } from "../ui/SecretOnce.jsx";
import { Time } from "../ui/Time.jsx";
import { TryLine } from "./TryLine.jsx";

const envText = (account, row, secret) => [
	`# ${row.name}`,
	`HASP_ACCOUNT=${account.id}`,
	`HASP_KEY=${secret}`,
	`HASP_URL=https://${account.region.api_host}`,
	"",
].join("\n");

// Of a rotation that is not true everywhere yet.
function Late({ until }) {
	return (
		<Notice tone="warn" title="Not confirmed everywhere yet">
			<p>
				Some programs that check keys may not know the new secret yet,
				and may let the old one in longer
				{until ? <>, at most until <Time at={until} exact /></> : ""}.
			</p>
		</Notice>
	);
}

export function KeySecret({ row, secret, warning, late, title, account,
	onClose, what = "the key", lost = "rotate the key" }) {
	return (
		<SecretOnce label={row.name} file={envText(account, row, secret)}
			{...{ title, what, secret, lost, onClose }}>
			{(take) => (
				<>
					{warning && <Notice tone="warn"><p>{warning}</p></Notice>}
					{late && <Late until={late.confirm_after} />}
					<Facts items={[
						["User name", <code>{account.id}</code>],
						["Password", what],
						["API host", <code>{account.region.api_host}</code>],
					]} />
					<TryLine account={account} text={secret} onCopied={take} />
				</>
			)}
		</SecretOnce>
	);
}
