// Package store keeps a data set on disk: layers, vintages, features and all
// their past versions, commit by commit, in one directory backed by Badger. It
// knows the vocabulary of package feature and nothing of arenas, indexes or
// HTTP. One goroutine writes (the engine); any number read at the same time.
//
// # The directory
//
//	layout    "tuban data set, layout 1": the layout version, readable by eye;
//	          written last when a data set is made, so that half a creation is
//	          not a data set
//	owner     locked (flock) by the process that has the data set open, with its
//	          PID and the address it serves, in JSON
//	witness   the seq of the last acknowledged commit, in two checksummed slots
//	          written in turn. It is not synced: it never runs ahead of what is
//	          durable, and Badger, which cuts its log at the first bad record
//	          without a word, cannot lose a commit unnoticed while it is there
//	badger/   keys and values as below
//
// # Keys and values
//
// A key is a kind byte, the version byte 1 and big-endian numbers. A value is
// the version byte 1, the CRC-32C of key and payload, and the payload; so a
// flipped bit, and a value under a wrong key, is an error and never an answer.
// Records (R) are JSON. Blobs (B) are cut into parts of at most 512 KiB, so
// that Badger keeps all values in its tree and its value log stays empty; the
// first part begins with the blob's header (see blob.go), whose xxHash-64
// covers the whole body. The body of features is told in codec.go, the form of
// their coordinates in codec_planes.go.
//
//	m                          R  meta: data set id, time of creation
//	h                          R  head: seq and time of the last commit
//	c seq                      R  commit: time, author, reason, and per layer:
//	                              vintage, counts, boxes, and a sum over the
//	                              hashes of the versions it wrote
//	s layer                    R  layer: id, next number, current vintage, seq of
//	                              its descriptor, seq of its last change
//	l layer ^seq part          B  descriptor (feature.Layer as JSON) from that seq
//	v layer vintage            R  vintage: name, seq from, seq to, count, area,
//	                              number of delta versions and sum of their hashes
//	o load                     R  load: open or committed; layer, vintage, seq,
//	                              number of chunks, sum of their hashes
//	k load chunk part          B  sealed chunk: thousands of features (codec.go)
//	d layer vintage n ^seq part B  delta: version seq of feature number n, or its
//	                              tombstone; ^seq sorts the newest first
//	i                          R  intent: a commit too large for one transaction
//	                              is being written ahead
//
// # Versions
//
// A version of a feature is (layer, vintage, number, seq from, seq to). Seq from
// is the seq of the delta key, or the seq at which the load of its chunk was
// committed: a chunk is written before its seq is known. Seq to is not stored: a
// version ends where the next version of its number in that vintage begins, and
// any delta version of a number comes after the version in a chunk. Nothing old
// is deleted; what was true at a seq is found by leaving out what is newer.
//
// # Visibility
//
// A key whose seq is above the head's, and a chunk whose load is not committed,
// does not exist. One transaction moves the head, and commits the loads it
// names. What a killed process left (a load still open, versions written ahead
// under an intent) is deleted by the next Open for writing; its space goes back
// as Badger compacts.
//
// A load brings only numbers that no other version of its vintage has; to
// replace features of the vintage in force, use changes.
//
// # Room
//
// An empty data set takes 24 to 32 KiB on disk; Badger's files are sparse, and
// their lengths add up to 1 MiB closed and 35 MiB open. Writes are refused while
// less than Options.MinFree is free: Badger writes through mapped files, and a
// full disk would end the process instead of giving an error.
//
// # Changing the layout
//
// Another version of the layout gets another number in the file layout and in
// the version bytes concerned, and a golden directory beside the one in
// testdata, which a test opens.
package store
