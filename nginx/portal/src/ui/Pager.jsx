// SPDX-License-Identifier: ISC
//
// Pager: the end of a list that useList() loads: how many are shown, and more.

import { count } from "../format.js";
import { Button } from "./Button.jsx";
import { ErrorBox } from "./ErrorBox.jsx";
import { Loading } from "./Loading.jsx";

export function Pager({ list, one, many }) {
	if (list.problem)
		return <ErrorBox problem={list.problem} onRetry={list.more} />;
	if (list.loading && list.items.length === 0)
		return <Loading what={many ?? `${one}s`} />;
	return (
		<div class="pager">
			<p role="status">
				{count(list.items.length, one, many)}
				{list.hasMore ? " so far" : ""}
			</p>
			{list.hasMore && (
				<Button onClick={list.more} busy={list.loading}>
					Show more
				</Button>
			)}
		</div>
	);
}
