// SPDX-License-Identifier: ISC
//
// Whose: tells password managers whose password a form asks for.

import { useSession } from "../session.js";

export function Whose() {
	const session = useSession();
	return (
		<input type="text" name="email" autocomplete="username" hidden readOnly
			value={session.member.email} />
	);
}
