// Package overlap says what lies on what, and how much: it finds the features
// of some layers that a polygon or a point meets, and measures what they have
// in common (package overlay), by feature and by class.
//
// Areas are m² on the ellipsoid and unrounded. covered is the area of the union
// of what covers the query, so that overlapping approvals never count twice;
// summed is the plain sum. Features that only touch are left out; that is
// decided exactly. Sums run in the order of feature numbers, so that one call,
// a batch, the command and a reopened data set agree to the bit.
package overlap
