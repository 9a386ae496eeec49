// Package jobs is the long work on a data set: importing files, exporting
// layers, laying a whole layer or file over others. The command line, the
// server and enforcement call the same functions, so that all of them read the
// same formats, judge the same coordinates and give the same numbers.
package jobs
