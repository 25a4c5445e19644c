// SPDX-License-Identifier: ISC
//
// Unconfirmed: a change was made, but is not known yet to be true everywhere. DATA
// is what the server answered with 202; onAgain asks once more.

import { Button } from "./Button.jsx";
import { Notice } from "./Notice.jsx";
import { Time } from "./Time.jsx";

export function Unconfirmed({ title, data, busy, onAgain }) {
	return (
		<Notice tone="warn" title={title}>
			<div class="stack">
				<p>
					Not every program that checks keys has confirmed it yet, so a
					request may still be let in.
					{data.confirm_after ?
						<> It is true everywhere by <Time at={data.confirm_after}
							exact /> at the latest, whatever happens.</> :
						" Nobody knows until when: ask again."}
				</p>
				<div class="actions">
					<Button small busy={busy} onClick={onAgain}>Ask again</Button>
				</div>
			</div>
		</Notice>
	);
}
