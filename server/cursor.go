package server

import (
	"strconv"
	"strings"

	"tuban/feature"
)

// A cursor says where the next page of items begins: after the feature with a
// number. Numbers are never used again, so pages that follow cursors give every
// feature that is there all the while exactly once, whatever is edited meanwhile.

// cursorVersion leaves room for another kind of cursor.
const cursorVersion = "n"

func formatCursor(last feature.Number) string {
	return cursorVersion + strconv.FormatUint(uint64(last), 36)
}

func parseCursor(text string) (after feature.Number, err error) {
	digits, ok := strings.CutPrefix(text, cursorVersion)
	n, perr := strconv.ParseUint(digits, 36, 64)
	if !ok || perr != nil || formatCursor(feature.Number(n)) != text {
		return 0, badParameter("cursor", "%q is not one of a next link", shorten(text))
	}
	return feature.Number(n), nil
}
