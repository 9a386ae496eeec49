// Package shapefile reads ESRI Shapefiles row by row: a .shp file with its
// siblings, a folder, or a .zip (.shp.zip), in constant memory.
//
// The layout follows the ESRI Shapefile Technical Description (July 1998) and
// the dBase III/IV and Visual FoxPro table formats. Coordinates stay in the
// file's own system; Z and M ordinates are dropped and that is noted. A Null
// shape is a nil geometry.
//
// # Rings
//
// Vertices are given in the order of the file. By the description a clockwise
// ring is a shell and a counter-clockwise ring is a hole; a hole goes to the
// smallest shell around it. Where a record's holes have no shell around them
// (writers that turn rings the wrong way round), the rings of that record are
// nested by containment instead: even depth is a shell, odd depth a hole. Both
// are noted with the count of records.
//
// # Text
//
// The encoding of names and values is taken from Options, else the language
// driver byte of the .dbf, else the .cpg, else from the bytes themselves: valid
// UTF-8 throughout is UTF-8, anything else GB18030. Driver byte 0x57 ("ANSI")
// says only that the writer's system decided, so that a .cpg goes before it.
// Bytes that are not valid in the encoding become U+FFFD and are counted in a
// note, as are values that the writer cut inside a character.
//
// # Why not a library
//
// twpayne/go-shapefile v0.0.7 streams (Scanner) and is careful, but it
// allocates a record from its length field before the bytes are seen, refuses
// the whole file for one odd record (a zero-area ring, a Z record without its
// optional M block, an unknown column type), gives a hole to the shell before
// it in the file, and knows neither the language driver byte nor column types
// I, B, O and @. What city files look like needs all of these, so this package
// has its own reader.
package shapefile
