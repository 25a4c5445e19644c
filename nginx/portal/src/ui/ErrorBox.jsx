// SPDX-License-Identifier: ISC
//
// ErrorBox: what went wrong, in the server's words, and what to tell whoever is
// asked for help.

import { count } from "../format.js";
import { Button } from "./Button.jsx";
import { Copy } from "./Copy.jsx";
import { Icon } from "./Icon.jsx";

const textOf = (problem) => problem.toText?.() ?? String(problem);

export function ErrorBox({ problem, onRetry }) {
	return (
		<div class="error-box" role="alert" tabIndex={-1}>
			<Icon name="bad" />
			<div>
				<p class="error-text">
					{problem.detail ?? "Something in the portal failed."}
				</p>
				{problem.retryAfter && (
					<p>Try again in {count(problem.retryAfter, "second")}.</p>
				)}
				{problem.errors?.length > 0 && (
					<ul>
						{problem.errors.map((one) => (
							<li key={one.pointer}>
								<code>{one.pointer}</code> {one.detail}
							</li>
						))}
					</ul>
				)}
				<p class="error-facts">
					{problem.code && <code>{problem.code}</code>}
					{problem.requestId &&
						<span>request <code>{problem.requestId}</code></span>}
				</p>
				<div class="actions">
					{onRetry && <Button small onClick={onRetry}>Try again</Button>}
					<Copy small text={textOf(problem)} label="Copy details"
						said="The details are copied" />
				</div>
			</div>
		</div>
	);
}
