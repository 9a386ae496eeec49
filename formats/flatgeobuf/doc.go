// Package flatgeobuf reads FlatGeobuf version 3 from any io.Reader, feature by
// feature, in constant memory, and writes it to any io.Writer.
//
// A file is: 8 bytes of magic, a header (a FlatBuffer behind its length), a
// packed R-tree over the features when the header counts them and has a node
// size, and the features (each a FlatBuffer behind its length). The tree is
// skipped: what is read is the whole file, in its order.
//
// Coordinates stay in the file's own system; Z, M and T ordinates are dropped
// and that is noted. Vertices, rings and parts are given as they are stored.
// Curved geometries, surfaces and TINs are row errors.
//
// The schema is that of the format's own header.fbs and feature.fbs. The
// FlatBuffers runtime for Go trusts its input and panics on a bad offset, so
// this package has an accessor of its own that checks each offset and length,
// and bounds what one message may unfold to by its bytes: vectors that overlap
// cannot be used to have one vertex counted many times.
//
// The Writer uses that runtime's builder. With a place to set features aside it
// writes a count, an envelope and the index, features in Hilbert order; without
// one it writes them as they come. A value that its column would not give back
// is refused, never rounded. The format has no ids: put them in a column.
package flatgeobuf
