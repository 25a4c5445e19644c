// SPDX-License-Identifier: ISC
//
// Select: one of a few short words. OPTIONS is [[value, text], ...].

import { Frame, useFrame } from "./Frame.jsx";

export function Select({ label, hint, error, value, onInput, options,
	...rest }) {
	const { id, attributes } = useFrame({ hint, error });
	return (
		<Frame {...{ id, label, hint, error }}>
			<select {...attributes} value={value} {...rest}
				onChange={(event) => onInput(event.currentTarget.value)}>
				{options.map(([key, text]) => (
					<option key={key} value={key}
						selected={key === value}>{text}</option>
				))}
			</select>
		</Frame>
	);
}
