package xlsx

import (
	"bytes"
	"encoding/xml"
	"fmt"
)

// part is a file of the package.
type part struct {
	name string
	text []byte
}

const (
	xmlHead  = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	packaged = "http://schemas.openxmlformats.org/package/2006/"
	document = "application/vnd.openxmlformats-officedocument.spreadsheetml."
)

// parts returns what lists the sheets; it comes after them, because only then
// is it known how many there are.
func (x *Writer) parts() []part {
	var types, sheets, relations bytes.Buffer
	for i := 1; i <= x.count; i++ {
		name := x.name
		if i > 1 {
			name = fmt.Sprintf("%s %d", name, i)
		}
		fmt.Fprintf(&types, `<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="%sworksheet+xml"/>`, i, document)
		sheets.WriteString(`<sheet name="`)
		_ = xml.EscapeText(&sheets, []byte(name)) // a buffer takes everything
		fmt.Fprintf(&sheets, `" sheetId="%d" r:id="rId%d"/>`, i, i)
		fmt.Fprintf(&relations, `<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, i, relation, i)
	}
	return []part{
		{"xl/workbook.xml", fmt.Appendf(nil, `%s<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="%s"><sheets>%s</sheets></workbook>`,
			xmlHead, relation, sheets.Bytes())},
		{"xl/_rels/workbook.xml.rels", fmt.Appendf(nil, `%s<Relationships xmlns="%srelationships">%s</Relationships>`, xmlHead, packaged, relations.Bytes())},
		{"_rels/.rels", fmt.Appendf(nil, `%s<Relationships xmlns="%srelationships"><Relationship Id="rId1" Type="%s/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
			xmlHead, packaged, relation)},
		{"[Content_Types].xml", fmt.Appendf(nil, `%s<Types xmlns="%scontent-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="%ssheet.main+xml"/>%s</Types>`,
			xmlHead, packaged, document, types.Bytes())},
	}
}
