// SPDX-License-Identifier: ISC
//
// Qr: a QR code that the server drew. Its SVG is not put into the page as text: the
// size and the one path are taken out of it, and drawn anew.

const SHAPE = /^<svg [^>]*viewBox="0 0 (\d+) \d+"[^]*<path [^>]*\bd="([Mhvz\d -]+)"/;

// Nothing is drawn of what looks otherwise; the text beside it will do.
export function Qr({ svg, label }) {
	const found = SHAPE.exec(svg);
	if (!found) return null;
	return (
		<div class="qr">
			<svg viewBox={`0 0 ${found[1]} ${found[1]}`} role="img"
				aria-label={label} shape-rendering="crispEdges">
				<path d={found[2]} fill="#000" />
			</svg>
		</div>
	);
}
