// SPDX-License-Identifier: ISC
//
// Select: one of a few short words. OPTIONS is [[value, text], ...]; a group of
// them is {label, options}.

import { Frame, useFrame } from "./Frame.jsx";

const optionsOf = (options, value) => options.map((one) => {
	if (one.options)
		return (
			<optgroup key={one.label} label={one.label}>
				{optionsOf(one.options, value)}
			</optgroup>
		);
	const [key, text] = one;
	return (
		<option key={key} value={key} selected={key === value}>{text}</option>
	);
});

export function Select({ label, hint, error, value, onInput, options,
	...rest }) {
	const { id, attributes } = useFrame({ hint, error });
	return (
		<Frame {...{ id, label, hint, error }}>
			<select {...attributes} value={value} {...rest}
				onChange={(event) => onInput(event.currentTarget.value)}>
				{optionsOf(options, value)}
			</select>
		</Frame>
	);
}
