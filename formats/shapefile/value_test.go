package shapefile

import (
	"encoding/binary"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"tuban/feature"
)

func TestValues(t *testing.T) {
	le32 := func(v ...uint32) string {
		var b []byte
		for _, v := range v {
			b = binary.LittleEndian.AppendUint32(b, v)
		}
		return string(b)
	}
	le64 := func(v uint64) string { return string(binary.LittleEndian.AppendUint64(nil, v)) }
	cases := []struct {
		name     string
		kind     byte
		decimals int
		cell     string
		want     string // JSON
		odd      bool   // a note is counted
	}{
		{"integer", 'N', 0, "      42", "42", false},
		{"negative", 'N', 0, "-7      ", "-7", false},
		{"zeros in front", 'N', 0, "00000042", "42", false},
		{"integer of 19 digits", 'N', 0, " 9223372036854775807", "9223372036854775807", false},
		{"beyond int64", 'N', 0, "9223372036854775808", "9223372036854776000", false},
		{"decimals in a whole column", 'N', 0, "  1.5", "1.5", false},
		{"decimals", 'N', 3, "   31.742", "31.742", false},
		{"whole in a decimal column", 'N', 3, "   31.000", "31", false},
		{"exponent", 'F', 11, "1.234e+05", "123400", false},
		{"decimal comma", 'N', 2, "  3,25", "3.25", false},
		{"blank", 'N', 0, "        ", "null", false},
		{"NULs", 'N', 0, "\x00\x00\x00", "null", false},
		{"stars", 'N', 0, "********", "null", false},
		{"Windows' not a number", 'N', 2, "-1.#IND00", "null", false},
		{"words", 'N', 0, "     n/a", "null", true},
		{"hexadecimal is no number", 'N', 0, "  0x10", "null", true},
		{"too large", 'F', 0, " 1e999", "null", true},
		{"yes", 'L', 0, "T", "true", false},
		{"no", 'L', 0, "n", "false", false},
		{"unknown", 'L', 0, "?", "null", false},
		{"date", 'D', 0, "20240229", `"2024-02-29"`, false},
		{"no date", 'D', 0, "00000000", "null", false},
		{"blank date", 'D', 0, "        ", "null", false},
		{"odd date", 'D', 0, "2024/2/9", `"2024/2/9"`, false},
		{"long", 'I', 0, le32(0xfffffff0), "-16", false},
		{"double", 'O', 0, le64(math.Float64bits(2.5)), "2.5", false},
		{"FoxPro double", 'B', 0, le64(math.Float64bits(-1e300)), "-1e+300", false},
		{"double NaN", 'O', 0, le64(math.Float64bits(math.NaN())), "null", false},
		{"currency", 'Y', 0, le64(12500), "1.25", false},
		{"timestamp", '@', 0, le32(2460370, 43_200_000), `"2024-02-29T12:00:00"`, false},
		{"timestamp with milliseconds", 'T', 0, le32(2440588, 1), `"1970-01-01T00:00:00.001"`, false},
		{"no timestamp", '@', 0, le32(0, 0), "null", false},
		{"timestamp of no day", '@', 0, le32(0xffffffff, 5), "null", false},
		{"text", 'C', 0, "青海省    ", `"青海省"`, false},
		{"text ended by a NUL", 'C', 0, "abc\x00def ", `"abc"`, false},
		{"blanks in front stay", 'C', 0, "  abc  ", `"  abc"`, false},
		{"blank text", 'C', 0, "      ", "null", false},
		{"text cut inside a character", 'C', 0, "青海\xe7\x9c", `"青海"`, true},
		{"text that is not UTF-8", 'C', 0, "a\xe9b   ", "\"a\uFFFDb\"", true},
		{"unknown type", 'X', 0, "abc", `"abc"`, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := &Reader{codec: &codec{name: "utf-8"}}
			col := &column{kind: c.kind, decimals: c.decimals, to: len(c.cell)}
			if _, ok := col.fieldType(); !ok {
				t.Fatal("no field")
			}
			got := string(r.value(col, []byte(c.cell), 1).AppendJSON(nil))
			if got != c.want || (len(r.notes.list()) > 0) != c.odd {
				t.Errorf("%s, want %s; notes %v", got, c.want, r.notes.list())
			}
		})
	}
}

func TestFieldTypes(t *testing.T) {
	dbf := dbfBytes(0, []testColumn{
		{"A", 'N', 9, 0}, {"B", 'N', 19, 0}, {"C", 'N', 9, 2}, {"D", 'F', 9, 0}, {"E", 'L', 1, 0}, {"F", 'D', 8, 0},
		{"G", 'M', 10, 0}, {"", 'C', 2, 0}, {"A", 'C', 2, 0}, {"A_2", 'C', 2, 0}, {"I", 'I', 4, 0}, {"_NullFlags", '0', 1, 0},
	})
	files := set("a", 0)
	files["a.dbf"] = dbf
	r, err := Open(folder(t, files), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	want := []feature.Field{
		{Name: "A", Type: feature.FieldInteger}, {Name: "B", Type: feature.FieldNumber}, {Name: "C", Type: feature.FieldNumber},
		{Name: "D", Type: feature.FieldNumber}, {Name: "E", Type: feature.FieldBoolean}, {Name: "F", Type: feature.FieldString},
		{Name: "field_8", Type: feature.FieldString}, {Name: "A_2", Type: feature.FieldString}, {Name: "A_2_2", Type: feature.FieldString},
		{Name: "I", Type: feature.FieldInteger},
	}
	s := r.Schema()
	if !slices.Equal(s.Fields, want) || len(s.Notes) != 4 {
		t.Errorf("%v, notes %q", s.Fields, s.Notes)
	}
}

func TestEncoding(t *testing.T) {
	gbk := func(s string) string {
		b, err := simplifiedchinese.GBK.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	const word = "耕地图斑"
	cases := []struct {
		name      string
		driver    byte
		cpg       string
		option    string
		text      string
		want      string // the text
		encoding  string
		noteHas   string
		openError string
	}{
		{"ASCII and nothing said", 0, "", "", "abc", "abc", "utf-8", "", ""},
		{"UTF-8 and nothing said", 0, "", "", word, word, "utf-8", "taken as utf-8", ""},
		{"GBK and nothing said", 0, "", "auto", gbk(word), word, "gb18030", "taken as gb18030", ""},
		{"driver byte of GBK", 0x4d, "", "", gbk(word), word, "gbk", "driver byte 0x4d", ""},
		{"driver byte goes before .cpg", 0x4d, "Big5", "", gbk(word), word, "gbk", "the byte goes first", ""},
		{"driver byte of GBK, but .cpg and text are UTF-8", 0x4d, "UTF-8", "", word, word, "utf-8", "the text is valid utf-8", ""},
		{".cpg of GBK", 0, "GBK", "", gbk(word), word, "gbk", "by the .cpg", ""},
		{".cpg as a page number", 0, "936\r\n", "", gbk(word), word, "gbk", "", ""},
		{".cpg in words", 0, "936 (ANSI/OEM - Simplified Chinese GBK)", "", gbk(word), word, "gbk", "", ""},
		{".cpg as 65001", 0, "65001", "", word, word, "utf-8", "", ""},
		{".cpg of nonsense", 0, "klingon", "", gbk(word), word, "gb18030", "names no encoding", ""},
		{"empty .cpg", 0, " ", "", gbk(word), word, "gb18030", "empty", ""},
		{"the option goes first", 0x4d, "UTF-8", "windows-1252", "caf\xe9", "café", "windows-1252", "", ""},
		{"the option in any spelling", 0, "", "ISO8859_15", "\xa4", "€", "iso-8859-15", "", ""},
		{"the option of nonsense", 0, "", "klingon", "abc", "", "", "", `unknown encoding "klingon"`},
		{"ANSI with Chinese text", 0x57, "", "", gbk(word), word, "gb18030", "", ""},
		{"ANSI with French text", 0x57, "", "", "Condé-en-Forêt ", "Condé-en-Forêt", "utf-8", "", ""},
		{"ANSI with French text in Latin-1", 0x57, "", "", "Cond\xe9-en-For\xeat", "Condé-en-Forêt", "windows-1252", "", ""},
		{"ANSI with a .cpg", 0x57, "UTF-8", "", word, word, "utf-8", "by the .cpg", ""},
		{"GBK read as UTF-8", 0, "UTF-8", "", gbk("中") + "x", "\uFFFD" + "x", "utf-8", "another encoding may be right", ""},
		{"GBK cut inside a character", 0, "GBK", "", gbk("一二三四五六七八九") + "\xb6", "一二三四五六七八九", "gbk", "cut inside a character", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			files := set("a", 1)
			files["a.dbf"] = dbfBytes(c.driver, []testColumn{{"NAME", 'C', 19, 0}}, " "+c.text)
			if c.cpg != "" {
				files["A.CPG"] = []byte(c.cpg)
			}
			r, err := Open(filepath.Join(folder(t, files), "a.shp"), Options{Encoding: c.option})
			if err != nil {
				if c.openError == "" || !strings.Contains(err.Error(), c.openError) {
					t.Fatal(err)
				}
				return
			}
			defer r.Close()
			row, err := r.Next()
			s := r.Schema()
			if err != nil || row.Feature.Properties[0].Value.Text() != c.want || s.Encoding != c.encoding {
				t.Errorf("%v as %s: %v", row.Feature.Properties, s.Encoding, err)
			}
			if !strings.Contains(strings.Join(s.Notes, "\n"), c.noteHas) {
				t.Errorf("notes %q", s.Notes)
			}
		})
	}
}

// Every driver byte that has a name has a decoder.
func TestDriverNames(t *testing.T) {
	for b := range 256 {
		if name := driverName(byte(b)); name != "" {
			if _, err := lookup(name); err != nil {
				t.Errorf("0x%02x: %v", b, err)
			}
		}
	}
}

// A late text decides, not the first rows alone.
func TestSniffReadsOn(t *testing.T) {
	var rows []string
	for range 20_000 {
		rows = append(rows, " ascii")
	}
	rows = append(rows, " \xb8\xfb\xb5\xd8")
	p := filepath.Join(folder(t, map[string][]byte{"a.dbf": dbfBytes(0, []testColumn{{"N", 'C', 8, 0}}, rows...)}), "a.dbf")
	s, err := listFolder(filepath.Dir(p))
	if err != nil {
		t.Fatal(err)
	}
	e, err := sniff(s.parts[0])
	if err != nil || e.valid || e.beyond != 1 {
		t.Errorf("%+v, %v", e, err)
	}
}
