// Package cql2 is the filter language: OGC CQL2 1.0.0 as text and as JSON,
// parsed, checked against a layer's fields and evaluated on features.
//
// It has comparisons, BETWEEN, IN, LIKE, IS NULL, AND, OR, NOT, TRUE, FALSE and
// S_INTERSECTS with WKT or BBOX; literals are text, numbers, booleans, DATE and
// TIMESTAMP; either side of a comparison may be a property. What else the standard
// has (arithmetic, functions, CASEI, ACCENTI, arrays, intervals,
// the other relations) is refused by name.
//
// Names: "id" is the feature's text id and "geometry" its geometry, whatever
// properties the file has. All others are fields of the layer.
//
// A condition is true, false or unknown. It is unknown when a property that it
// looks at is missing or null, or holds a value that cannot be compared with the
// other side (a text with a number, a text that is no date with a DATE). NOT
// unknown is unknown; AND and OR follow the standard's truth table. A feature
// passes a filter only where that is true.
//
// Texts compare by code point, numbers exactly (also an integer with a float),
// false before true. With a DATE on either side instants compare by their day in
// UTC, else to the nanosecond; a text without zone is taken as UTC.
//
// In text literals the backslash escapes (\' \\ \a \b \t \n \v \f \r), and a
// quote is also written twice. In patterns of LIKE, \% and \_ are the characters.
//
// The canonical text of a filter is the same for filters that differ only in
// spelling: white space, case of keywords, parentheses, the order and repetition
// of terms, the sides of a comparison, double negation and De Morgan's laws,
// BETWEEN or two comparisons, IN or equalities joined by OR.
package cql2
