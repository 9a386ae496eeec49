package shapefile

import (
	"fmt"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// driverANSI is the language driver byte that says "the system's code page".
const driverANSI = 0x57

// driverName maps a language driver byte to the name of its encoding (dBase IV,
// Visual FoxPro and ESRI's use of them); "" when there is none.
func driverName(b byte) string {
	switch b {
	case 0x01, 0x09, 0x0b, 0x0d, 0x0f, 0x11, 0x15, 0x18, 0x19, 0x1b:
		return "ibm437"
	case 0x02, 0x0a, 0x0e, 0x10, 0x12, 0x14, 0x16, 0x1a, 0x1d, 0x25, 0x37:
		return "ibm850"
	case 0x03, driverANSI, 0x58, 0x59:
		return "windows-1252"
	case 0x04:
		return "macintosh"
	case 0x08, 0x17, 0x66:
		return "ibm865"
	case 0x13, 0x7b:
		return "shift_jis"
	case 0x1c, 0x6c:
		return "ibm863"
	case 0x1f, 0x22, 0x23, 0x40, 0x64, 0x87:
		return "ibm852"
	case 0x24:
		return "ibm860"
	case 0x26, 0x65:
		return "ibm866"
	case 0x4d, 0x7a:
		return "gbk"
	case 0x4e, 0x79:
		return "euc-kr"
	case 0x4f, 0x78:
		return "big5"
	case 0x50, 0x7c:
		return "windows-874"
	case 0x96:
		return "x-mac-cyrillic"
	case 0xc8:
		return "windows-1250"
	case 0xc9:
		return "windows-1251"
	case 0xca:
		return "windows-1254"
	case 0xcb:
		return "windows-1253"
	case 0xcc:
		return "windows-1257"
	}
	return ""
}

// encodingName brings the spellings that occur in .cpg files and options
// ("65001", "CP936", "ANSI 1251", "8859_1", "Big-5") to one that lookup knows.
func encodingName(s string) string {
	s = strings.ToLower(strings.Trim(s, " \t\r\n\x00\ufeff\""))
	if fields := strings.Fields(s); len(fields) > 0 {
		s = strings.Join(fields[:min(2, len(fields))], " ")
		if strings.Trim(fields[0], "0123456789") == "" { // "936 (ANSI/OEM …)"
			s = fields[0]
		}
	}
	page := s
	for _, prefix := range []string{"ansi", "oem", "cp", "ms", "windows", "ibm", "-", "_", " "} {
		page = strings.TrimPrefix(page, prefix)
	}
	page = strings.TrimLeft(page, "-_ ")
	switch page {
	case "65001", "utf8", "utf 8":
		return "utf-8"
	case "936", "20936", "gb2312-80":
		return "gbk"
	case "54936":
		return "gb18030"
	case "950", "big-5":
		return "big5"
	case "932", "shift-jis", "shiftjis", "sjis":
		return "shift_jis"
	case "949", "51949":
		return "euc-kr"
	case "874":
		return "windows-874"
	case "koi8r":
		return "koi8-r"
	case "1250", "1251", "1252", "1253", "1254", "1255", "1256", "1257", "1258":
		return "windows-" + page
	case "437", "850", "852", "855", "858", "860", "862", "863", "865", "866":
		return "ibm" + page
	}
	for _, prefix := range []string{"8859_", "8859-", "iso8859-", "iso8859_", "iso-8859", "iso_8859-", "8859"} {
		if n, ok := strings.CutPrefix(s, prefix); ok {
			return "iso-8859-" + strings.TrimLeft(n, "-_")
		}
	}
	return s
}

// lookup returns the codec of an encoding name.
func lookup(name string) (*codec, error) {
	name = encodingName(name)
	if name == "utf-8" {
		return &codec{name: name}, nil
	}
	if e := charmapOf(name); e != nil {
		return &codec{name: name, dec: e.NewDecoder()}, nil
	}
	if name == "gb18030" {
		return &codec{name: name, dec: simplifiedchinese.GB18030.NewDecoder()}, nil
	}
	if e, err := htmlindex.Get(name); err == nil {
		if canonical, err := htmlindex.Name(e); err == nil {
			name = canonical
		}
		return newCodec(name, e), nil
	}
	if e, err := ianaindex.IANA.Encoding(name); err == nil && e != nil {
		return newCodec(name, e), nil
	}
	return nil, fmt.Errorf("unknown encoding %q: give auto, utf-8, gbk, gb18030, big5, windows-1252 or another IANA name", name)
}

func newCodec(name string, e encoding.Encoding) *codec {
	if name == "utf-8" {
		return &codec{name: name}
	}
	return &codec{name: name, dec: e.NewDecoder(), wide: strings.HasPrefix(name, "utf-16") || strings.HasPrefix(name, "utf-32")}
}

// charmapOf returns the DOS code pages, which htmlindex lacks.
func charmapOf(name string) encoding.Encoding {
	switch name {
	case "ibm437":
		return charmap.CodePage437
	case "ibm850":
		return charmap.CodePage850
	case "ibm852":
		return charmap.CodePage852
	case "ibm855":
		return charmap.CodePage855
	case "ibm858":
		return charmap.CodePage858
	case "ibm860":
		return charmap.CodePage860
	case "ibm862":
		return charmap.CodePage862
	case "ibm863":
		return charmap.CodePage863
	case "ibm865":
		return charmap.CodePage865
	}
	return nil
}
