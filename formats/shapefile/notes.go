package shapefile

import "fmt"

// noteKind is something odd that is counted over the rows.
type noteKind int

const (
	noteExtra noteKind = iota
	noteWinding
	noteIntricate
	noteEmptyPart
	noteNumber
	noteOrder
	noteIndex
	noteLength
	noteTrailing
	noteDeleted
	noteInvalid
	noteCut
	noteNotNumber
	noteKinds
)

// text of each kind: what n is, first is the first row.
func (k noteKind) text(n, first int64) string {
	format := [noteKinds]string{
		noteExtra:     "%d shapes have Z or M ordinates, which are dropped (first in row %d)",
		noteWinding:   "%d polygons have no clockwise ring around their counter-clockwise rings, against the Shapefile rule: their rings are nested by containment (first in row %d)",
		noteIntricate: "%d polygons have too many rings inside rings to be grouped by position: theirs are grouped by order (first in row %d)",
		noteEmptyPart: "%d parts have no vertex and are left out (first in row %d)",
		noteNumber:    "%d records are not numbered in step in the .shp (first is row %d)",
		noteOrder:     "%d records do not follow the one before in the .shp and were found by the .shx (first is row %d)",
		noteIndex:     "the .shx does not fit the .shp and was put aside %d times (from row %d on): records are read in the order of the file",
		noteLength:    "the .shp is shorter than its header says, but all its records are there (%d times, after row %d)",
		noteTrailing:  "the .shp has bytes after its last record, which are not read (%d times, after row %d)",
		noteDeleted:   "%d records are marked as deleted and are skipped (first is row %d)",
		noteInvalid:   "%d texts hold bytes that are not valid in this encoding, shown as \uFFFD: another encoding may be right (first in row %d)",
		noteCut:       "%d texts were cut inside a character by their writer; the broken rest is left out (first in row %d)",
		noteNotNumber: "%d cells of number columns hold something else and are taken as empty (first in row %d)",
	}[k]
	return fmt.Sprintf(format, n, first)
}

// notes collects what the reader decided and found odd.
type notes struct {
	fixed []string
	tally [noteKinds]struct{ n, first int64 }
}

func (n *notes) say(format string, args ...any) {
	n.fixed = append(n.fixed, fmt.Sprintf(format, args...))
}

func (n *notes) count(k noteKind, row int64) {
	t := &n.tally[k]
	if t.n++; t.n == 1 {
		t.first = row
	}
}

func (n *notes) list() []string {
	list := append([]string(nil), n.fixed...)
	for k, t := range n.tally {
		if t.n > 0 {
			list = append(list, noteKind(k).text(t.n, t.first))
		}
	}
	return list
}
