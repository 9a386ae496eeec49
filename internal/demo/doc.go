// Package demo makes a city: seeded, deterministic and without any download.
// It is the data of `tuban demo`, of tests and of benchmarks.
//
// The territory has two parts, whose outline is coarse and invented; every size
// of city fills the same 119,000 km². The ground is a planar subdivision
// (mesh): a frame is cut along the outline, and what lies in the territory is
// cut again and again by straight lines until there are as many faces as
// wanted, each cut adding its end points to the neighbours' rings too. Then
// every edge bends. A bent edge stays strictly inside the two triangles that it
// spans with the centroids of its two (convex) faces; triangles of different
// edges are disjoint, so bent edges never cross or touch, and both faces read
// the same vertices. Land-class parcels, farmland zones and administrative
// units are groups of faces: they share their borders to the last bit. Most
// open land belongs to a few giant parcels. Every vertex of the mesh has at most
// three edges, so a group's rings never touch themselves.
//
// Change patches are planned first (where, of what kind, what they repeat, what
// covers them), then drawn as pixels of an image; approvals are laid around the
// patches that they are to cover.
//
// The same seed and size give the same bytes on one architecture; where a
// compiler fuses multiplications and additions, the last digit may differ.
//
// All places inside the package are metres east and north of the city centre
// (94.9° E, 36.4° N) on a plane; they become degrees, rounded to 1e-9°, when
// features are made. Everything here is invented: names, codes' places, dates.
package demo
