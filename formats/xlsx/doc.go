// Package xlsx writes tables as Office Open XML workbooks (ECMA-376 part 1), as
// spreadsheet programs open them: text as text, so that codes keep their zeros,
// and numbers as numbers with all their digits. Rows are streamed; nothing but
// the compressor's window is in memory.
//
// Texts stand in the cells themselves (inlineStr), so there is no table of
// shared strings to be kept. When a sheet is full, the next one begins with the
// same head.
package xlsx
