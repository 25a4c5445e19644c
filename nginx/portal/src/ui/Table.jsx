// SPDX-License-Identifier: ISC
//
// Table: rows of things; on a phone each becomes a card. COLUMNS is [{id, label,
// cell(row), head, end, hidden}, ...]: HEAD marks the column that names the row, END
// aligns numbers, HIDDEN keeps the label for screen readers alone.

const cellOf = (column, row) => {
	const Cell = column.head ? "th" : "td";
	const name = [column.end && "end", column.hidden && "bare"]
		.filter(Boolean).join(" ");
	return (
		<Cell key={column.id} class={name || undefined}
			scope={column.head ? "row" : undefined}
			role={column.head ? "rowheader" : "cell"}
			data-label={column.head || column.hidden ? undefined : column.label}>
			<div class="cell">{column.cell(row)}</div>
		</Cell>
	);
};

// Roles are said outright: what is not laid out as a table has none otherwise.
export function Table({ caption, columns, rows, rowKey = (row) => row.id,
	rowClass = () => undefined, showCaption = false }) {
	return (
		<table class="table" role="table">
			<caption class={showCaption ? "" : "unseen"}>{caption}</caption>
			<thead role="rowgroup">
				<tr role="row">
					{columns.map((column) => (
						<th key={column.id} scope="col" role="columnheader"
							class={column.end ? "end" : undefined}>
							<span class={column.hidden ? "unseen" : undefined}>
								{column.label}
							</span>
						</th>
					))}
				</tr>
			</thead>
			<tbody role="rowgroup">
				{rows.map((row) => (
					<tr key={rowKey(row)} role="row" class={rowClass(row)}>
						{columns.map((column) => cellOf(column, row))}
					</tr>
				))}
			</tbody>
		</table>
	);
}
