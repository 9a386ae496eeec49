// Package peers measures tuban beside PostgreSQL with PostGIS on one machine, in
// one run, over the same features of the demo city.
//
// PostgreSQL is started from the programs that the system has, in a throw-away
// directory behind a unix socket, with settings that suit the machine, and is
// gone when the run ends. Both engines are loaded from one pass of the
// generator: binary COPY and a GiST index there, engine.Load here. tuban then
// serves from a process of its own over HTTP; PostGIS is asked over pgx with
// prepared statements and binary results. Where several ways to write the SQL
// exist, all are tried and the one that takes the least CPU is compared.
//
// What both answer is compared first, case by case; a row whose answers differ
// shows the case and no time. Then the engines take turns, round by round, and
// the ratio of each round is one sample. The figure is the CPU time, user and
// system, of all processes of an engine divided by the answers: other work on
// the machine moves wall times by a factor, and CPU hardly. The client's CPU is
// not in it on either side.
//
// Meanings that had to be chosen. Areas: a straight edge is straight in
// longitude and latitude for tuban, as for every overlay on a map, while
// PostGIS's geography measures along geodesics between the vertices. So areas
// are compared twice: pair by pair with PostGIS's edges cut every 5 m, where
// both mean the same, and as timed, within what the edges' meaning can make.
// Sums: PostGIS adds areas by class; where features of a layer overlap each
// other tuban also unites them, and its plain sums are what is compared.
// Tiles: no tile cache on either side and no compression; where tuban
// generalises (to keep its 500 kB) the contents are not the same and only the
// cost is shown.
package peers
