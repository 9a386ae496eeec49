package xlsx

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sheets reads a workbook as its parts say: the names of the sheets and their
// cells, "t:" before texts, "n:" before numbers.
func sheets(t testing.TB, file []byte) (names []string, rows [][][]string) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	read := func(name string, v any) {
		f, err := z.Open(name)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		text, err := io.ReadAll(f)
		if err == nil {
			err = xml.Unmarshal(text, v)
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	var root, relations struct {
		Relationship []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:",attr"`
		}
	}
	read("_rels/.rels", &root)
	var book struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	read(root.Relationship[0].Target, &book)
	read("xl/_rels/workbook.xml.rels", &relations)
	var types struct {
		Override []struct {
			PartName    string `xml:",attr"`
			ContentType string `xml:",attr"`
		}
	}
	read("[Content_Types].xml", &types)
	if len(types.Override) != 1+len(book.Sheets) {
		t.Errorf("%d types for %d sheets", len(types.Override), len(book.Sheets))
	}
	for _, s := range book.Sheets {
		names = append(names, s.Name)
		for _, r := range relations.Relationship {
			if r.ID == s.ID {
				var sheet sheetXML
				read("xl/"+r.Target, &sheet)
				rows = append(rows, sheet.cells())
			}
		}
	}
	return names, rows
}

type sheetXML struct {
	Row []struct {
		C []struct {
			T  string `xml:"t,attr"`
			Is *struct {
				T string `xml:"t"`
			} `xml:"is"`
			Value *string `xml:"v"`
		} `xml:"c"`
	} `xml:"sheetData>row"`
}

var escape = regexp.MustCompile("_x([0-9A-Fa-f]{4})_")

func (s *sheetXML) cells() (rows [][]string) {
	for _, r := range s.Row {
		row := []string{}
		for _, c := range r.C {
			switch {
			case c.Is != nil:
				row = append(row, "t:"+escape.ReplaceAllStringFunc(c.Is.T, func(e string) string {
					n, _ := strconv.ParseUint(e[2:6], 16, 16)
					return string(rune(n))
				}))
			case c.Value != nil:
				row = append(row, map[string]string{"": "n:", "b": "b:"}[c.T]+*c.Value)
			default:
				row = append(row, "")
			}
		}
		rows = append(rows, row)
	}
	return rows
}

func TestWriter(t *testing.T) {
	var b bytes.Buffer
	w, err := NewWriter(&b, "a & <b>", "编码", "area")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range [][]any{
		{"0102", 43300.866912345678}, {"", 0.1}, {nil, math.Copysign(0, -1)}, {"a<b>&\"'", 1e-300}, {" two  spaces ", 5}, {"\x00\x1f\t\n\r", true}, {"_x000D_ _x_", false},
		{"水浇地😀\uffff", 1.7976931348623157e308}, {"x", math.NaN()}, {strings.Repeat("长", maxText), math.Inf(-1)},
	} {
		if err := w.Row(row...); err != nil {
			t.Fatal(row, err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	names, got := sheets(t, b.Bytes())
	want := [][]string{{"t:编码", "t:area"}, {"t:0102", "n:43300.86691234568"}, {"t:", "n:0.1"}, {"", "n:-0"}, {"t:a<b>&\"'", "n:1e-300"}, {"t: two  spaces ", "n:5"},
		{"t:\x00\x1f\t\n\r", "b:1"}, {"t:_x000D_ _x_", "b:0"}, {"t:水浇地😀\uffff", "n:1.7976931348623157e+308"}, {"t:x", "t:NaN"}, {"t:" + strings.Repeat("长", maxText), "t:-Inf"}}
	if d := cmp.Diff(want, got[0]); d != "" || len(got) != 1 || names[0] != "a & <b>" {
		t.Errorf("%v %s", names, d)
	}
}

func TestWriterRefuses(t *testing.T) {
	w, err := NewWriter(io.Discard, "s", "a")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Row(strings.Repeat("😀", maxText/2+1)); !errors.Is(err, ErrTooLong) {
		t.Error(err)
	}
	if err := w.Row(make([]any, maxColumns+1)...); err == nil {
		t.Error("too many columns")
	}
	if err := w.Row(struct{}{}); err == nil {
		t.Error("a struct is no cell")
	}
}

// A sheet that is full is followed by another with the same head.
func TestWriterGoesOnOnTheNextSheet(t *testing.T) {
	var b bytes.Buffer
	w, err := NewWriter(&b, "s", "n")
	if err != nil {
		t.Fatal(err)
	}
	w.most = 4
	for i := range 7 {
		if err := w.Row(i); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	names, got := sheets(t, b.Bytes())
	want := [][][]string{{{"t:n"}, {"n:0"}, {"n:1"}, {"n:2"}}, {{"t:n"}, {"n:3"}, {"n:4"}, {"n:5"}}, {{"t:n"}, {"n:6"}}}
	if d := cmp.Diff(want, got) + cmp.Diff([]string{"s", "s 2", "s 3"}, names); d != "" {
		t.Error(d)
	}
}

// FuzzText: whatever a text is, it comes back, bytes that are no UTF-8 aside.
func FuzzText(f *testing.F) {
	for _, s := range []string{"", "a", "_x0041_", "_x005F_x0041_", "]]>", "\xff", "\ufffe", "__x0041_"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var b bytes.Buffer
		w, err := NewWriter(&b, "s", "n")
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Row(s); err != nil {
			return
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if _, got := sheets(t, b.Bytes()); got[0][1][0] != "t:"+strings.ToValidUTF8(s, "\ufffd") && strings.ToValidUTF8(s, "") == s {
			t.Errorf("%q came back as %q", s, got[0][1][0])
		}
	})
}
