// Package geopackage reads the feature tables of OGC GeoPackage files (1.0 to
// 1.4), row by row, through a pure Go SQLite.
//
// The file is opened read-only and immutable: nothing is written beside it, so
// that it can lie on read-only media; a file with changes that are not in it yet
// (a write-ahead log or an unfinished transaction beside it) is refused, since
// they would be left out silently.
//
// Rows come in the order of their integer primary key, which is not a property.
// Geometries are a GeoPackage header and WKB, ISO or extended; Z and M ordinates
// are dropped and that is noted; curves, surfaces and extended types are row
// errors. BLOB columns and generated columns are skipped and noted.
//
// Only ordinary tables are read. A view could be anything, an endless query
// among them, and is refused; so is a file whose GeoPackage tables are views.
package geopackage
