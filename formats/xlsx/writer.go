package xlsx

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"
	"unicode/utf8"
)

// What a sheet and a cell can hold.
const (
	maxRows    = 1 << 20
	maxColumns = 1 << 14
	maxText    = 32767 // UTF-16 units
)

// ErrTooLong reports a text that is longer than a cell can hold.
var ErrTooLong = errors.New("a cell holds at most 32767 characters")

// Writer writes one table. It is not for concurrent use.
type Writer struct {
	zip   *zip.Writer
	sheet io.Writer
	name  string
	head  []string
	count int // sheets
	rows  int // on the sheet
	most  int // rows that a sheet takes
	buf   []byte
}

// NewWriter begins a workbook whose sheets are called name, name 2 and so on.
// head is the first row of each; it stays in sight when the table is scrolled.
func NewWriter(w io.Writer, name string, head ...string) (*Writer, error) {
	x := &Writer{zip: zip.NewWriter(w), name: name, head: head, most: maxRows}
	return x, x.begin()
}

const sheetBegin = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0">` +
	`<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>`

const sheetEnd = `</sheetData></worksheet>`

// begin begins the next sheet.
func (x *Writer) begin() (err error) {
	x.count++
	x.rows = 0
	if x.sheet, err = x.create(fmt.Sprintf("xl/worksheets/sheet%d.xml", x.count)); err != nil {
		return err
	}
	if _, err := io.WriteString(x.sheet, sheetBegin); err != nil {
		return err
	}
	cells := make([]any, len(x.head))
	for i, h := range x.head {
		cells[i] = h
	}
	return x.Row(cells...)
}

// create adds a part. Its time is none, so that the same table is the same bytes.
func (x *Writer) create(part string) (io.Writer, error) {
	return x.zip.CreateHeader(&zip.FileHeader{Name: part, Method: zip.Deflate, Modified: time.Time{}})
}

// Row writes a row. A cell is a string, a float64, an int, a bool, or nil for
// an empty one. A number that is not finite is written as text. The error is
// ErrTooLong, or the writer's.
func (x *Writer) Row(cells ...any) error {
	if len(cells) > maxColumns {
		return fmt.Errorf("a sheet has at most %d columns", maxColumns)
	}
	if x.rows == x.most {
		if _, err := io.WriteString(x.sheet, sheetEnd); err != nil {
			return err
		}
		if err := x.begin(); err != nil {
			return err
		}
	}
	x.rows++
	b := append(x.buf[:0], "<row>"...)
	for _, cell := range cells {
		var err error
		if b, err = appendCell(b, cell); err != nil {
			return err
		}
	}
	x.buf = append(b, "</row>"...)
	_, err := x.sheet.Write(x.buf)
	return err
}

func appendCell(b []byte, cell any) ([]byte, error) {
	switch v := cell.(type) {
	case nil:
		return append(b, "<c/>"...), nil
	case string:
		return appendText(b, v)
	case float64:
		if math.IsNaN(v - v) {
			return appendText(b, strconv.FormatFloat(v, 'g', -1, 64))
		}
		return append(strconv.AppendFloat(append(b, "<c><v>"...), v, 'g', -1, 64), "</v></c>"...), nil
	case int:
		return append(strconv.AppendInt(append(b, "<c><v>"...), int64(v), 10), "</v></c>"...), nil
	case bool:
		digit := "0"
		if v {
			digit = "1"
		}
		return append(append(append(b, `<c t="b"><v>`...), digit...), "</v></c>"...), nil
	}
	return nil, fmt.Errorf("no cell can hold a %T", cell)
}

func appendText(b []byte, s string) ([]byte, error) {
	b = append(b, `<c t="inlineStr"><is><t xml:space="preserve">`...)
	units := 0
	for i, r := range s {
		if units++; r > 0xffff {
			units++
		}
		switch {
		case r == '&':
			b = append(b, "&amp;"...)
		case r == '<':
			b = append(b, "&lt;"...)
		case r == '>':
			b = append(b, "&gt;"...)
		case r == '_' && escaped(s[i:]):
			b = append(b, "_x005F_"...) // else the text would be read as an escape
		case r < ' ' && r != '\t' && r != '\n', r == 0xfffe, r == 0xffff:
			b = fmt.Appendf(b, "_x%04X_", r) // no XML text can hold it
		default:
			b = utf8.AppendRune(b, r) // U+FFFD for bytes that are no UTF-8
		}
	}
	if units > maxText {
		return nil, ErrTooLong
	}
	return append(b, "</t></is></c>"...), nil
}

// escaped tells whether s begins with an escape such as _x000D_.
func escaped(s string) bool {
	if len(s) < 7 || s[1] != 'x' || s[6] != '_' {
		return false
	}
	_, err := strconv.ParseUint(s[2:6], 16, 16)
	return err == nil
}

// Close ends the workbook. It does not close the underlying writer.
func (x *Writer) Close() error {
	if _, err := io.WriteString(x.sheet, sheetEnd); err != nil {
		return err
	}
	for _, p := range x.parts() {
		w, err := x.create(p.name)
		if err != nil {
			return err
		}
		if _, err := w.Write(p.text); err != nil {
			return err
		}
	}
	return x.zip.Close()
}
