// SPDX-License-Identifier: ISC
//
// Facts: names and values. ITEMS is [[name, value], ...]; what is null or false
// is left out.

export function Facts({ items }) {
	return (
		<dl class="facts">
			{items.filter(Boolean).map(([name, value]) => (
				<div key={name}>
					<dt>{name}</dt>
					<dd>{value}</dd>
				</div>
			))}
		</dl>
	);
}
