// Package crs knows the coordinate systems that tuban takes data in and gives
// it out in, and recognises each by the many ways in which files name it:
//
//   - EPSG:4490 (CGCS2000), EPSG:4326 and OGC:CRS84 (WGS 84), in degrees;
//   - EPSG:3857 (web Mercator);
//   - EPSG:4491 to 4554 (CGCS2000 Gauss-Krüger, 6° and 3° zones, with and
//     without the zone number before the easting).
//
// Coordinates are x = east, y = north, and longitude before latitude, whatever
// axis order a system's registry entry has: that is how GeoJSON, Shapefiles,
// GeoPackage and FlatGeobuf hold them.
//
// CGCS2000 and WGS 84 are taken as one: they differ by centimetres to a few
// decimetres, and only surveyed epochs could tell. Everything else is refused
// with its name and what to do; Xi'an 80 and Beijing 54 because the parameters
// of their transformation are not public.
package crs
