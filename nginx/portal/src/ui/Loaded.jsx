// SPDX-License-Identifier: ISC
//
// Loaded: what useLoad() brought, or why not, or that it is under way. CHILDREN is
// a function of the data.

import { ErrorBox } from "./ErrorBox.jsx";
import { Loading } from "./Loading.jsx";

export function Loaded({ from, what, children }) {
	if (from.problem)
		return <ErrorBox problem={from.problem} onRetry={from.reload} />;
	if (from.data === undefined) return <Loading what={what} />;
	return children(from.data);
}
